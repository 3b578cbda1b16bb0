"""The full settings export of one invented Linux host, as sections of keys.

Shape and key names follow what is publicly known of `kesl-control --export-settings` for KESL 11.1 and of the keys that
later versions renamed; values are invented. That 12.x keeps the section names of 11.1, and that its container switches
sit in `[AppSettings]`, is an assumption. Tasks whose keys nobody has published appear with their head only.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

VERSIONS = (
    "11.1.0.3013", "11.2.0.4528", "11.3.0.7441", "11.4.0.1096", "12.0.0.6672",
    "12.1.0.1297", "12.2.0.2412", "12.3.0.1162", "12.4.0.1001",
)  # fmt: skip

Section = dict[str, str]
Document = dict[str, Section]

PORTS = (80, 81, 82, 83, 443, 968, 1080, 3128, 7900, 8000, 8080, 8088, 8888, 11523)
DEVICE_CLASSES = (
    "HardDrive", "RemovableDrive", "Printer", "FloppyDrive", "OpticalDrive", "Modem", "TapeDrive", "MultifuncDevice",
    "SmartCardReader", "PortableDevice", "WiFiAdapter", "NetworkAdapter", "BluetoothDevice", "ImagingDevice",
    "SerialPortDevice", "ParallelPortDevice", "InputDevice", "SoundAdapter",
)  # fmt: skip
DRIVES = ("HardDrive", "RemovableDrive", "FloppyDrive", "OpticalDrive")
MANUAL, WEEKLY, DAILY, HOURLY = "6", "2", "3", "4"  # numbers of RuleType in a full export


@dataclass(frozen=True, slots=True)
class Policy:
    """What distinguishes one invented configuration from another. `excluded` are paths left out of file protection."""

    active: frozenset[str] = frozenset({"File_Threat_Protection", "Device_Control", "Behavior_Detection"})
    ksn: str = "Extended"
    trace_level: str = "None"
    proxy: str = ""
    first_action: str = "Recommended"
    second_action: str = "Block"
    action: str = "DisinfectDeleteIfNotPossible"
    heuristic: str = "Recommended"
    update_rule: str = HOURLY
    scan_rule: str = WEEKLY
    source: str = "SCServer"
    excluded: tuple[str, ...] = ()
    masks: tuple[str, ...] = ()
    rules: tuple[tuple[str, str], ...] = (("SSH from the management network", "22"),)
    removable: str = "DependsOnBus"
    extra: dict[str, Section] = field(default_factory=dict)


def random_policy(rng: random.Random) -> Policy:
    """One of the policies of a fleet: mostly sound, with a weakness here and there."""
    tasks = ["Anti_Cryptor", "Network_Threat_Protection", "Web_Threat_Protection", "Firewall_Management"]
    tasks += ["Removable_Drives_Scan", "System_Integrity_Monitoring", "Application_Control"]
    always = {"File_Threat_Protection", "Behavior_Detection", "Device_Control"}
    names = [f"/srv/{rng.choice(('data', 'db', 'app', 'spool'))}{n:02d}" for n in range(rng.randint(6, 28))]
    ports = [("SSH from the management network", "22"), ("Monitoring agent", "10050"), ("Web", "443")]
    return Policy(
        active=frozenset(always | set(rng.sample(tasks, rng.randint(2, 6)))),
        ksn=rng.choice(("Extended", "Extended", "Basic", "No")),
        trace_level=rng.choice(("None", "None", "None", "Detailed")),
        heuristic=rng.choice(("Recommended", "Recommended", "Deep", "Light")),
        update_rule=rng.choice((HOURLY, HOURLY, DAILY, MANUAL)),
        scan_rule=rng.choice((WEEKLY, WEEKLY, MANUAL)),
        source=rng.choice(("SCServer", "SCServer", "KLServers")),
        excluded=tuple(names),
        masks=tuple(f"*.{rng.choice(('ldf', 'mdf', 'iso', 'qcow2', 'wal', 'bak'))}" for _ in range(rng.randint(0, 3))),
        rules=tuple(ports[: rng.randint(1, 3)]),
        removable=rng.choice(("DependsOnBus", "Block", "ByRule")),
    )


def build(version: str, policy: Policy) -> Document:
    """Sections in the order of an export; the root key `Version` stands under the empty section name."""
    v = tuple(int(part) for part in version.split(".")[:2])
    document: Document = {"": {"Version": version}, "AppSettings": _app(v, policy)}
    document |= _net()
    for number, (task, kind, settings) in enumerate(_monitoring(v, policy)):
        name = f"MonitoringTask.item_{number:04d}"
        active = "Yes" if task in policy.active else "No"
        document[name] = {"TaskName": task, "AdminKitTaskName": "", "TaskType": kind, "Active": active}
        _attach(document, name, settings)
    for number, (task, kind, task_id, settings, rule) in enumerate(_on_demand(v, policy)):
        name = f"OnDemandTask.item_{number:04d}"
        document[name] = {"TaskName": task, "AdminKitTaskName": "", "TaskType": kind, "TaskId": task_id}
        _attach(document, name, settings)
        if rule:
            document[f"{name}.Schedule"] = _schedule(rule)
    document["BackupTask"] = {"TaskName": "Backup", "AdminKitTaskName": "", "TaskType": "Backup"}
    folder = "/var/opt/kaspersky/kesl/common/objects-backup/"
    document["BackupTask.Settings"] = {"DaysToLive": "90", "BackupSizeLimit": "0", "BackupFolder": folder}
    return document | policy.extra


def section_text(name: str, section: Section) -> str:
    """The text of one section, head included; the root has no head."""
    lines = [f"{key}={value}" for key, value in section.items()]
    return "\n".join([f"[{name}]", *lines, ""] if name else [*lines, ""])


def render(document: Document) -> str:
    """The text of the whole export."""
    return "".join(section_text(name, section) for name, section in document.items())


def area(description: str, path: str, masks: tuple[str, ...] = ("*",)) -> Section:
    """One item of a scan scope or of its exclusions."""
    head = {"AreaDesc": description, "UseScanArea": "Yes", "Path": path}
    return head | items("AreaMask", masks)


def items(name: str, values: tuple[str, ...]) -> Section:
    """A list as indexed keys."""
    return {f"{name}.item_{n:04d}": value for n, value in enumerate(values)}


def _attach(document: Document, name: str, settings: Document) -> None:
    for path, section in settings.items():
        document[f"{name}.Settings.{path}" if path else f"{name}.Settings"] = section


def _schedule(rule: str) -> Section:
    start = {WEEKLY: "02:30:00;Sun", DAILY: "05:10:00", HOURLY: "2026/January/12 00:17:00;1"}.get(rule, "")
    return {"RuleType": rule, "StartTime": start, "RandomInterval": "0", "RunMissedStartRules": "0"}


def _app(v: tuple[int, ...], policy: Policy) -> Section:
    section = {
        "SambaConfigPath": "/etc/samba/smb.conf", "NfsExportPath": "/etc/exports",
        "TraceFolder": "/var/log/kaspersky/kesl/", "TraceLevel": policy.trace_level,
        "TraceMaxFileCount": "5", "TraceMaxFileSize": "500", "BlockFilesGreaterMaxFileNamePath": "16384",
        "DetectOtherObjects": "No", "UseKSN": policy.ksn, "UseProxy": "Yes" if policy.proxy else "No",
        "ProxyServer": policy.proxy, "MaxEventsNumber": "500000", "LimitNumberOfScanFileTasks": "0",
        "UseSyslog": "No", "EventsStoragePath": "/var/opt/kaspersky/kesl/private/storage/events.db",
    }  # fmt: skip
    if v >= (12, 1):
        section |= {"FileBlockDuringScan": "Yes"}
    else:
        section |= {"InterceptorProtectionMode": "Full"}
    section |= {"NamespaceMonitoring": "Yes", "DockerSocket": "/var/run/docker.sock"}
    if v >= (11, 3):
        section |= {"OnAccessContainerScanAction": "StopContainerIfFailed", "UseDocker": "Yes", "UseCrio": "No"}
    else:
        section |= {"ContainerScanAction": "StopContainerIfFailed"}
    if v >= (12, 2):
        section |= {"CloudMode": "No", "UseMDR": "No", "UseOnDemandCPULimit": "No", "OnDemandCPULimit": "100"}
    return section


def _net() -> Document:
    document = {
        "NetSettings": {
            "EncryptedConnectionsScan": "Yes", "EncryptedConnectionsScanErrorAction": "AddToAutoExclusions",
            "ManageExclusions": "No", "UntrustedCertificateAction": "Allow",
            "CertificateVerificationPolicy": "FullCheck", "MonitorNetworkPorts": "Selected",
        }
    }  # fmt: skip
    for number, port in enumerate(PORTS):
        document[f"NetSettings.NetworkPorts.item_{number:04d}"] = {"PortName": f"Web {port}", "Port": str(port)}
    return document


def _actions(v: tuple[int, ...], first: str, second: str, action: str) -> Section:
    return {"ActionOnThreat": action} if v >= (12, 3) else {"FirstAction": first, "SecondAction": second}


def _scan(v: tuple[int, ...], policy: Policy, archives: str, limit: str, priority: str) -> Section:
    """Keys common to file protection (`priority` empty) and to scans on demand."""
    section = {"ScanArchived": archives, "ScanSfxArchived": archives, "ScanMailBases": "No", "ScanPlainMail": "No"}
    section |= {"TimeLimit": limit, "SizeLimit": "0"}
    section |= _actions(v, policy.first_action, "Skip" if priority else policy.second_action, policy.action)
    section |= {"UseExcludeMasks": "No", "UseExcludeThreats": "No", "ReportCleanObjects": "No"}
    section |= {"ReportPackedObjects": "No", "ReportUnprocessedObjects": "No", "UseAnalyzer": "Yes"}
    section |= {"HeuristicLevel": policy.heuristic, "UseIChecker": "Yes"}
    return section | ({"ScanPriority": priority} if priority else {})


def _file_protection(v: tuple[int, ...], policy: Policy) -> Document:
    root = _scan(v, policy, "No", "60", "") | {"ScanByAccessType": "SmartCheck"}
    if v >= (11, 4):
        root |= {"SkipPlainTextFiles": "No"}
    if v >= (12, 3):
        root |= {"SkipDatabaseJournals": "No"}
    if policy.masks:
        root |= {"UseExcludeMasks": "Yes"} | items("ExcludeMasks", policy.masks)
    document = {"": root, "ScanScope.item_0000": area("All objects", "/")}
    for number, path in enumerate(policy.excluded):
        document[f"ExcludedFromScanScope.item_{number:04d}"] = area(f"Data of {path.rsplit('/', 1)[-1]}", path)
    return document


def _devices(v: tuple[int, ...], policy: Policy) -> Document:
    mode: Section = {}
    if v >= (11, 3):
        mode = {"OperationMode": "Block"} if v >= (12, 1) else {"RulesAction": "ApplyRules"}
    classes = dict.fromkeys(DEVICE_CLASSES, "DependsOnBus") | {"RemovableDrive": policy.removable}
    document = {"": mode, "DeviceClass": classes, "DeviceBus": {"USB": "Allow", "FireWire": "Allow"}}
    document["Schedules.item_0000"] = {"ScheduleName": "Default", "DaysHours": "All"}
    for drive in DRIVES:
        document[f"{drive}Principals.item_0000"] = {"Principal": "\\Everyone"}
        rule = {"UseRule": "Yes", "ScheduleName": "Default", "Access": "Allow"}
        document[f"{drive}Principals.item_0000.AccessRules.item_0000"] = rule
    return document


def _firewall(policy: Policy) -> Document:
    root = {"DefaultIncomingAction": "Allow", "DefaultIncomingPacketAction": "Allow", "OpenNagentPorts": "Yes"}
    document: Document = {"": root}
    for number, (name, port) in enumerate(policy.rules):
        document[f"PacketRules.item_{number:04d}"] = {
            "Name": name, "FirewallAction": "Allow", "Protocol": "TCP", "RemotePorts": "Any", "LocalPorts": port,
            "ICMPType": "Any", "ICMPCode": "Any", "Direction": "Incoming", "RemoteAddress": "192.0.2.0/26",
        }  # fmt: skip
    return document | {"NetworkZonesTrusted": {}, "NetworkZonesLocal": {}, "NetworkZonesPublic": {}}


def _anti_cryptor(v: tuple[int, ...]) -> Document:
    action = {"ActionOnDetect": "Block"} if v >= (12, 2) else {"UseHostBlocker": "Yes"}
    root = action | {"BlockTime": "30", "UseExcludeMasks": "No"}
    return {"": root, "ScanScope.item_0000": area("All shared folders", "AllShared")}


def _monitoring(v: tuple[int, ...], policy: Policy) -> list[tuple[str, str, Document]]:
    web = {
        "UseTrustedAddresses": "Yes", "ActionOnDetect": "Block", "CheckMalicious": "Yes", "CheckPhishing": "Yes",
        "UseHeuristicForPhishing": "Yes", "CheckAdware": "No", "CheckOther": "No",
    }  # fmt: skip
    network = {"BlockAttackingHosts": "Yes", "BlockDurationMinutes": "60", "UseExcludeIPs": "No"}
    drives = {"ScanRemovableDrives": "NoScan", "ScanOpticalDrives": "NoScan", "BlockDuringScan": "No"}
    integrity = {"": {"UseExcludeMasks": "No"}, "ScanScope.item_0000": area("Own files", "/opt/kaspersky/kesl/")}
    behaviour = {"": {"TaskMode": "Block", "UseTrustedPrograms": "No"}}
    tasks: list[tuple[str, str, Document]] = [
        ("File_Threat_Protection", "OAS", _file_protection(v, policy)),
        ("System_Integrity_Monitoring", "OAFIM", integrity),
        ("Firewall_Management", "Firewall", _firewall(policy)),
        ("Anti_Cryptor", "AntiCryptor", _anti_cryptor(v)),
        ("Web_Threat_Protection", "WTP", {"": web}),
        ("Device_Control", "DeviceControl", _devices(v, policy)),
        ("Removable_Drives_Scan", "RDS", {"": drives}),
        ("Network_Threat_Protection", "NTP", {"": network}),
        ("Behavior_Detection", "BehaviorDetection", behaviour if v >= (11, 3) else {}),
    ]
    if v >= (11, 3):
        control = {"AppControlMode": "DenyList", "AppControlRulesAction": "ApplyRules"}
        tasks.append(("Application_Control", "AppControl", {"": control}))
    if v >= (12, 2):
        tasks += [("Web_Control", "WebControl", {}), ("KATAEDR", "KATAEDR", {})]
    return tasks


def _update(v: tuple[int, ...], policy: Policy) -> Document:
    root = {"ApplicationUpdateMode": "DownloadOnly", "ConnectionTimeout": "10"}
    if v >= (12, 4):
        return {"": root, "Sources.item_0000": {"Enabled": "Yes", "SourceType": policy.source}}
    root = {"SourceType": policy.source, "UseKLServersWhenUnavailable": "Yes"} | root
    if v < (11, 2):
        root |= {"IgnoreProxySettingsForKLServers": "No", "IgnoreProxySettingsForCustomSources": "No"}
    return {"": root}


def _switches(v: tuple[int, ...], flags: str) -> Section:
    """The four kinds of objects a scan may cover (11.2 and later)."""
    names = ("ScanFiles", "ScanBootSectors", "ScanComputerMemory", "ScanStartupObjects")
    return dict(zip(names, ("Yes" if flag == "y" else "No" for flag in flags), strict=True)) if v >= (11, 2) else {}


def _on_demand(v: tuple[int, ...], policy: Policy) -> list[tuple[str, str, str, Document, str]]:
    scope = {"ScanScope.item_0000": area("All objects", "/")}
    devices = {"DeviceNameMasks.item_0000": "/**"}
    full = {"": _switches(v, "yyyy") | _scan(v, policy, "Yes", "0", "Idle")} | scope
    single = {"": _switches(v, "ynnn") | _scan(v, policy, "Yes", "0", "Normal")} | scope
    critical = {"": _switches(v, "nyyy") | _scan(v, policy, "Yes", "0", "Idle") | devices} | scope
    boot = {"Action": "Disinfect", "UseExcludeThreats": "No", "ReportCleanObjects": "No"}
    container = _scan(v, policy, "Yes", "120", "Idle") | {
        "ScanContainers": "Yes", "ContainerNameMask": "*", "ScanImages": "Yes", "ImageNameMask": "*",
        "DeepScan": "No", "ContainerScanAction": "StopContainerIfFailed", "ImageAction": "Skip",
    }  # fmt: skip
    inventory = {"ScanScripts": "Yes", "ScanBinaries": "Yes", "ScanAllExecutable": "No", "ScanPriority": "Normal"}
    old = [
        ("Boot_Scan", "BootScan", "4", {"": boot | {"UseExcludeMasks": "No"} | devices}, MANUAL),
        ("Memory_Scan", "MemoryScan", "5", {"": boot}, MANUAL),
    ]
    new = [("Critical_Areas_Scan", "ODS", "4", critical, DAILY)]
    return [
        ("Scan_My_Computer", "ODS", "2", full, policy.scan_rule),
        ("Scan_File", "ODS", "3", single, MANUAL),
        *(old if v < (11, 2) else new),
        ("Update", "Update", "6", _update(v, policy), policy.update_rule),
        ("Rollback", "Rollback", "7", {}, MANUAL),
        ("License", "License", "9", {}, ""),
        ("Container_Scan", "ContainerScan", "18", {"": container}, MANUAL),
        ("Custom_Container_Scan", "ContainerScan", "19", {"": container}, MANUAL),
        ("Inventory_Scan", "InventoryScan", "22", {"": inventory | {"CreateGoldenImage": "No"}} | scope, MANUAL),
    ]
