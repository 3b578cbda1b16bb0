# ruff: noqa: RUF001 - Russian labels are data
"""Labels of the product's console output in English and Russian, as data.

Every label says how well it is known. `seen`: in real output or in a public program that reads it (Checkmk's and
GLPI's KESL modules, the vendor's container service, Kaspersky support's collector, two public audit scripts).
`documented`: named by a vendor help page (topics 246692, 197938, 264031, 197956). `inferred`: a translation, or the
twin of a label in the other language; values under such a label are also kept under the label itself.

Labels are compared without case and with blanks folded. 11.x says "программы" where 12.x says "приложения".
"""

from __future__ import annotations

from typing import NamedTuple

SEEN, DOCUMENTED, INFERRED = "seen", "documented", "inferred"


class Label(NamedTuple):
    """What a label means: canonical `key`, `kind` (text, yesno, date, state, serial), `grade`, `lang` (en, ru)."""

    key: str
    kind: str
    grade: str
    lang: str


def _table(rows: str) -> dict[str, Label]:
    table: dict[str, Label] = {}
    for row in rows.strip().splitlines():
        label, key, kind, grade, lang = (cell.strip() for cell in row.split("|"))
        table[fold(label)] = Label(key, kind, grade, lang)
    return table


def fold(label: str) -> str:
    """A label as it is compared: without case, blanks folded."""
    return " ".join(label.split()).casefold()


APP_INFO: dict[str, Label] = _table(
    """
    Name | ProductName | text | seen | en
    Название | ProductName | text | seen | ru
    Название программы | ProductName | text | documented | ru
    Название приложения | ProductName | text | inferred | ru
    Version | Version | text | seen | en
    Версия | Version | text | seen | ru
    Policy | Policy | text | seen | en
    Политика | Policy | text | documented | ru
    License information | LicenseInformation | text | seen | en
    Информация о лицензии | LicenseInformation | text | documented | ru
    Key status | KeyStatus | text | seen | en
    Статус ключа | KeyStatus | text | documented | ru
    Subscription status | SubscriptionStatus | text | inferred | en
    Статус подписки | SubscriptionStatus | text | documented | ru
    License expiration date | LicenseExpirationDate | date | seen | en
    Дата окончания срока действия лицензии | LicenseExpirationDate | date | seen | ru
    MDR BLOB file status | MdrBlobStatus | text | inferred | en
    Статус файла MDR BLOB | MdrBlobStatus | text | documented | ru
    Дата окончания срока действия лицензии на использование MDR | MdrLicenseExpirationDate | date | documented | ru
    Storage state | StorageState | text | seen | en
    Состояние Хранилища | StorageState | text | documented | ru
    Storage space usage | StorageUsage | text | seen | en
    Использование Хранилища | StorageUsage | text | documented | ru
    Last run date of the Scan_My_Computer task | LastScanDate | date | seen | en
    Дата последнего запуска задачи Scan_My_Computer | LastScanDate | date | documented | ru
    Last release date of databases | DatabasesDate | date | seen | en
    Дата последнего выпуска баз программы | DatabasesDate | date | seen | ru
    Дата последнего выпуска баз приложения | DatabasesDate | date | seen | ru
    Anti-virus databases loaded | DatabasesLoaded | yesno | seen | en
    Application databases loaded | DatabasesLoaded | yesno | seen | en
    Базы программы загружены | DatabasesLoaded | yesno | seen | ru
    Базы приложения загружены | DatabasesLoaded | yesno | seen | ru
    Backup state | StorageState | text | inferred | en
    Состояние резервного хранилища | StorageState | text | inferred | ru
    Backup storage usage | StorageUsage | text | inferred | en
    Использование резервного хранилища | StorageUsage | text | inferred | ru
    Anti-virus database records | DatabaseRecords | text | seen | en
    KSN state | KsnState | text | seen | en
    Kaspersky Security Network state | KsnState | text | inferred | en
    Состояние Kaspersky Security Network | KsnState | text | documented | ru
    Kaspersky Security Network usage | KsnUsage | text | inferred | en
    Использование Kaspersky Security Network | KsnUsage | text | documented | ru
    Kaspersky Security Network infrastructure | KsnInfrastructure | text | inferred | en
    Инфраструктура Kaspersky Security Network | KsnInfrastructure | text | documented | ru
    Managed Detection and Response state | MdrState | text | inferred | en
    Состояние Managed Detection and Response | MdrState | text | documented | ru
    Application update state | UpdateState | text | seen | en
    Состояние обновления | UpdateState | text | documented | ru
    Состояние обновления для приложения | UpdateState | text | documented | ru
    Restart required | RestartRequired | yesno | inferred | en
    Требуется перезапуск | RestartRequired | yesno | inferred | ru
    Программа работает нестабильно | Unstable | text | documented | ru
    Приложение работает нестабильно | Unstable | text | documented | ru
    File monitoring | File_Threat_Protection | text | seen | en
    File Threat Protection | File_Threat_Protection | text | inferred | en
    Защита от файловых угроз | File_Threat_Protection | text | documented | ru
    Integrity monitoring | System_Integrity_Monitoring | text | seen | en
    System Integrity Monitoring | System_Integrity_Monitoring | text | inferred | en
    Контроль целостности системы | System_Integrity_Monitoring | text | documented | ru
    Firewall Management | Firewall_Management | text | seen | en
    Управление сетевым экраном | Firewall_Management | text | documented | ru
    Anti-Cryptor | Anti_Cryptor | text | seen | en
    Защита от шифрования | Anti_Cryptor | text | documented | ru
    Web Threat Protection | Web_Threat_Protection | text | inferred | en
    Защита от веб-угроз | Web_Threat_Protection | text | documented | ru
    Network Threat Protection | Network_Threat_Protection | text | inferred | en
    Защита от сетевых угроз | Network_Threat_Protection | text | inferred | ru
    Behavior Detection | Behavior_Detection | text | inferred | en
    Анализ поведения | Behavior_Detection | text | inferred | ru
    Device Control | Device_Control | text | inferred | en
    Контроль устройств | Device_Control | text | inferred | ru
    Application Control | Application_Control | text | inferred | en
    Контроль приложений | Application_Control | text | inferred | ru
    Removable Drives Scan | Removable_Drives_Scan | text | inferred | en
    Проверка съемных дисков | Removable_Drives_Scan | text | inferred | ru
    Container monitoring | ContainerMonitoring | text | inferred | en
    Мониторинг контейнеров | ContainerMonitoring | text | documented | ru
    """
)
"""`--app-info`. A component's line ("Available and running") is kept under the name of its task."""

TASKS: dict[str, Label] = _table(
    """
    Name | TaskName | text | seen | en
    Имя | TaskName | text | seen | ru
    ID | TaskId | text | seen | en
    Идентификатор | TaskId | text | seen | ru
    Type | TaskType | text | inferred | en
    Тип | TaskType | text | inferred | ru
    State | State | state | seen | en
    Состояние | State | state | seen | ru
    """
)
"""`--get-task-list` (one block per task, the name first, then the id) and `--get-task-state`."""

LICENCE: dict[str, Label] = _table(
    """
    Expiration date | ExpirationDate | date | inferred | en
    License expiration date | ExpirationDate | date | documented | en
    Дата окончания срока действия | ExpirationDate | date | inferred | ru
    Дата окончания срока действия лицензии | ExpirationDate | date | documented | ru
    Days remaining until expiration | DaysRemaining | text | inferred | en
    Осталось дней до окончания срока действия | DaysRemaining | text | inferred | ru
    Protection | Protection | text | inferred | en
    Защита | Protection | text | inferred | ru
    Updates | Updates | text | inferred | en
    Обновления | Updates | text | inferred | ru
    Key status | Status | text | documented | en
    Статус ключа | Status | text | documented | ru
    License type | Type | text | inferred | en
    Тип лицензии | Type | text | inferred | ru
    Usage restriction | Restriction | text | inferred | en
    Restriction | Restriction | text | inferred | en
    Ограничение на использование | Restriction | text | inferred | ru
    Application name | ProductName | text | inferred | en
    Название программы | ProductName | text | inferred | ru
    Название приложения | ProductName | text | inferred | ru
    Active key | ActiveKey | serial | inferred | en
    Активный ключ | ActiveKey | serial | inferred | ru
    Reserve key | ReserveKey | serial | inferred | en
    Резервный ключ | ReserveKey | serial | inferred | ru
    Activation date | ActivationDate | date | inferred | en
    Дата активации | ActivationDate | date | inferred | ru
    """
)
"""`-L --query`. Topic 264031 says in words what is shown; no real output was found, so nearly all is inferred."""

LICENCE_GROUPS: dict[str, str] = {
    fold(heading): group
    for group, headings in {
        "": (
            "Active key information",
            "Active key info",
            "Active key",
            "Информация об активном ключе",
            "Активный ключ",
        ),
        "Reserve": (
            "Reserve key information",
            "Reserve key info",
            "Reserve key",
            "Информация о резервном ключе",
            "Резервный ключ",
        ),
    }.items()
    for heading in headings
}
"""Headings of `-L --query` (inferred) -> group; the active key's values stand at the root of area `licence`."""

STATUS: dict[str, Label] = _table(
    """
    version | Version | text | documented | en
    policy | Policy | text | documented | en
    license_info | LicenseInformation | text | documented | en
    license_expiration | LicenseExpirationDate | date | documented | en
    databases_date | DatabasesDate | date | documented | en
    databases_loaded | DatabasesLoaded | yesno | documented | en
    """
)
"""Members of `product info` in the answer of the KESL container's `GET /status` (topic 256753)."""

YES_NO: dict[str, str] = {"yes": "Yes", "no": "No", "да": "Yes", "нет": "No"}
"""Words seen after "databases loaded"."""

STATES: dict[str, tuple[str, str]] = {
    "started": ("Started", SEEN),
    "starting": ("Starting", DOCUMENTED),
    "stopped": ("Stopped", SEEN),
    "stopping": ("Stopping", DOCUMENTED),
    "pausing": ("Pausing", DOCUMENTED),
    "suspended": ("Suspended", DOCUMENTED),
    "resuming": ("Resuming", DOCUMENTED),
    "запущена": ("Started", SEEN),
    "запущено": ("Started", SEEN),
    "запускается": ("Starting", INFERRED),
    "остановлена": ("Stopped", INFERRED),
    "остановлено": ("Stopped", INFERRED),
    "останавливается": ("Stopping", INFERRED),
    "приостанавливается": ("Pausing", INFERRED),
    "приостановлена": ("Suspended", INFERRED),
    "приостановлено": ("Suspended", INFERRED),
    "возобновляется": ("Resuming", INFERRED),
}
"""State of a task as printed -> the English word and how well the pair is known."""

# Labels that other programs print as well: never enough to recognise a file by.
COMMON = frozenset(fold(word) for word in ("Name", "Version", "Policy", "Название", "Версия", "Политика"))
