"""What a KESL export looks like: task names, ids, types, and the keys that betray an unnamed file.

Plain data and tiny functions that the INI and the JSON reader share. Names are compared without case, because the
product does so. Nothing here knows a default value.

Sources: the 11.1 settings tree in the public puppet-kesl module, vendor topics 199339 and 264195 (task ids), and
Kaspersky support's public collector script (file names).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

TASK_TYPES: dict[str, str] = {
    "File_Threat_Protection": "OAS",
    "Scan_My_Computer": "ODS",
    "Scan_File": "ODS",
    "Critical_Areas_Scan": "ODS",
    "Boot_Scan": "BootScan",
    "Memory_Scan": "MemoryScan",
    "Update": "Update",
    "Rollback": "Rollback",
    "License": "License",
    "Backup": "Backup",
    "System_Integrity_Monitoring": "OAFIM",
    "Firewall_Management": "Firewall",
    "Anti_Cryptor": "AntiCryptor",
    "Web_Threat_Protection": "WTP",
    "Device_Control": "DeviceControl",
    "Removable_Drives_Scan": "RDS",
    "Network_Threat_Protection": "NTP",
    "Container_Scan": "ContainerScan",
    "Custom_Container_Scan": "ContainerScan",
    "Behavior_Detection": "BehaviorDetection",
    "Application_Control": "AppControl",
    "Inventory_Scan": "InventoryScan",
    "KATAEDR": "",
    "Web_Control": "",
    "Standalone_Sandbox": "",
    "KATAEDR_Prevention": "",
    "EDRO_Prevention": "",
    "KUMA": "",
}
"""Predefined task -> its type; empty where the type word is not publicly known."""

PREDEFINED_IDS: dict[int, str] = {
    1: "File_Threat_Protection",
    2: "Scan_My_Computer",
    3: "Scan_File",
    4: "Critical_Areas_Scan",
    6: "Update",
    7: "Rollback",
    9: "License",
    10: "Backup",
    11: "System_Integrity_Monitoring",
    12: "Firewall_Management",
    13: "Anti_Cryptor",
    14: "Web_Threat_Protection",
    15: "Device_Control",
    16: "Removable_Drives_Scan",
    17: "Network_Threat_Protection",
    18: "Container_Scan",
    19: "Custom_Container_Scan",
    20: "Behavior_Detection",
    21: "Application_Control",
}
"""Task ids from 11.2 on. Above 21 the sources contradict each other: those tasks are known by name only."""

LEGACY_IDS: dict[int, str] = {4: "Boot_Scan", 5: "Memory_Scan"}
"""What 11.0 and 11.1 call ids 4 and 5."""

FIRST_USER_ID = 100
"""Tasks made by an administrator are numbered from here."""

# Types of which an installation has exactly one task, so that the type alone names it. Scan, update, rollback,
# inventory, container and ODFIM tasks can be created by an administrator and are known by name only.
_BY_TYPE: dict[str, str] = {
    kind.lower(): name
    for name, kind in TASK_TYPES.items()
    if kind
    in {
        "OAS",
        "License",
        "Backup",
        "OAFIM",
        "Firewall",
        "AntiCryptor",
        "WTP",
        "DeviceControl",
        "RDS",
        "NTP",
        "BehaviorDetection",
        "AppControl",
    }
}
_BY_NAME: dict[str, str] = {name.lower(): name for name in TASK_TYPES}

# 1.8 of the format notes: a root key that only one kind of file holds -> its area. A trailing `?` says that the kind
# of task is certain but not which of several tasks it is.
_FINGERPRINTS: dict[str, str] = {
    "ruletype": "schedule",
    "maxeventsnumber": "app",
    "encryptedconnectionsscan": "net",
    "scanbyaccesstype": "task.File_Threat_Protection",
    "blockattackinghosts": "task.Network_Threat_Protection",
    "scanremovabledrives": "task.Removable_Drives_Scan",
    "defaultincomingaction": "task.Firewall_Management",
    "checkmalicious": "task.Web_Threat_Protection",
    "appcontrolmode": "task.Application_Control",
    "usetrustedprograms": "task.Behavior_Detection",
    "applicationupdatemode": "task.Update",
    "daystolive": "task.Backup",
    "creategoldenimage": "task.Inventory_Scan",
    "containernamemask": "ContainerScan?",
    "rebuildbaseline": "ODFIM?",
}
_SCAN = "ODS?"
_OF_MANY_TASKS = frozenset({"task.Update", "task.Inventory_Scan"})

_TASK_FILE = re.compile(
    r"(?:^|[_.\- ])(?:task[_\- ]?state|task|schedule|state)[_\- ]"
    r"(?:(?P<id>\d{1,9})(?:[_\- ]|(?=\.)))?(?P<name>[^/]*?)\.(?:ini|txt|json|conf)$",
    re.IGNORECASE,
)
_NO_TASK = frozenset({"list", "settings", "all", "info", "state", "states"})
_COLLECTOR_FILE = re.compile(r"^taskset(?P<id>\d{1,9})\.txt$", re.IGNORECASE)
_COLLECTOR_LINE = re.compile(r"^TaskID\s+(?P<id>\d{1,9})(?P<names>(?:\s+\S+)*?)\s+configuration:\s*$")


def canonical_task(name: str, task_type: str = "") -> str | None:
    """The product's spelling of a predefined task, None for a task that an administrator made.

    The name decides; only when it is no predefined name does the type, for types of which there is one task.
    """
    return _BY_NAME.get(name.strip().lower()) or _BY_TYPE.get(task_type.strip().lower())


def task_of_id(task_id: int, version: str = "") -> str | None:
    """The predefined task with this id; None when the id is free, ambiguous, or differs between versions.

    Id 4 is Boot_Scan in 11.0 and 11.1 and Critical_Areas_Scan later: without a version it stays undecided.
    """
    if task_id == 5:
        return LEGACY_IDS[5]
    if task_id == 4:
        release = re.match(r"(\d+)\.(\d+)", version)
        if release is None:
            return None
        return LEGACY_IDS[4] if (int(release[1]), int(release[2])) < (11, 2) else PREDEFINED_IDS[4]
    return PREDEFINED_IDS.get(task_id)


def fingerprint(keys: Iterable[str], sections: Iterable[str] = ()) -> str | None:
    """What an unnamed per-task file is, from its root keys and section names.

    Returns an area (`app`, `net`, `schedule`, `task.<Name>`), a kind of task whose name stays open (`ODS?`,
    `ContainerScan?`, `ODFIM?`), or None when nothing or several contradicting things fit.
    """
    lowered = {key.lower() for key in keys}
    found = {area for key, area in _FINGERPRINTS.items() if key in lowered}
    if "blocktime" in lowered and lowered & {"usehostblocker", "actionondetect"}:
        found.add("task.Anti_Cryptor")
    if any(section.lower() == "deviceclass" for section in sections):
        found.add("task.Device_Control")
    if not found and "scanpriority" in lowered:
        found.add(_SCAN)
    return found.pop() if len(found) == 1 else None


def may_name(area: str, named: tuple[int | None, str | None] | None) -> bool:
    """Whether a fingerprint may say which task a file is of, although its name does not state a predefined one.

    An administrator may make further tasks of some types: a file that bears such a task's id or name is never taken
    for the predefined task.
    """
    if area.endswith("?"):
        return False
    if named is None or area not in _OF_MANY_TASKS:
        return True
    return named[0] is not None and named[0] < FIRST_USER_ID


def task_from_file_name(name: str, version: str = "") -> tuple[int | None, str | None] | None:
    """(id, task name) that a file name states, None when it names no task.

    Understands `task_1_File_Threat_Protection.ini`, `schedule_6_Update.ini`, `task-state_Update.txt` (also after a host
    prefix such as `web01_`) and the collector's `taskset4.txt`. A predefined task comes back in its own spelling, a
    user's task as the file spells it; the name is None when only an id is given that leaves the task open.
    """
    short = _COLLECTOR_FILE.match(name)
    if short:
        number = int(short["id"])
        return number, task_of_id(number, version)
    match = _TASK_FILE.search(name)
    if match is None:
        return None
    task_id = int(match["id"]) if match["id"] else None
    stated = match["name"].strip()
    if task_id is None and stated.lower() in _NO_TASK:
        return None
    if stated:
        return task_id, canonical_task(stated) or stated
    return None if task_id is None else (task_id, task_of_id(task_id, version))


def collector_task_line(line: str) -> tuple[int, str | None] | None:
    """(id, task name) of the line `TaskID 6 Update configuration:` that the support collector puts before a task.

    Its `taskset<N>.txt` starts with it and `taskset.all.txt` repeats it for each task; the script's pattern may put
    several names there, and then the name is None.
    """
    match = _COLLECTOR_LINE.match(line)
    if match is None:
        return None
    names = match["names"].split()
    if len(names) != 1:
        return int(match["id"]), None
    return int(match["id"]), canonical_task(names[0]) or names[0]


def spelling(key: str) -> str:
    """The documented spelling of a key written in another case; an unknown key as it stands."""
    return KNOWN_KEYS.get(key.lower(), key)


_SPELLINGS = """
Access AccessRules ACL Action ActionOnDetect ActionOnThreat Active AdditionalDNSLookup Address AdminKitTaskName
AllowListRules AppControlMode AppControlRulesAction AppControlRuleStatus ApplicationUpdateMode ApplyToDescendants
AppSettings AreaDesc AreaMask AsyncTraces BackupFolder BackupSizeLimit BackupTask BlockAttackingHosts
BlockDurationMinutes BlockDuringScan BlockFilesGreaterMaxFileNamePath BlockTime BluetoothDevice BypassFwMark
Categories Category CertificateVerificationPolicy CheckAdware CheckFileHash CheckMalicious CheckOther CheckPhishing
CloudMode Comment ConnectionTimeout ContainerNameMask ContainerScanAction CoreDumps CoreDumpsPath CreateGoldenImage
CustomSources DaysHours DaysToLive DeepScan DefaultIncomingAction DefaultIncomingPacketAction DenyListRules
Description DetectOtherObjects DeviceBus DeviceClass DeviceId DeviceNameMasks Direction DockerSocket Enabled
EncryptedConnectionsScan EncryptedConnectionsScanErrorAction EventsStoragePath ExcludedForProgram
ExcludedFromScanScope ExcludedMountPoint ExcludeFileNames ExcludeFolders ExcludeHashes ExcludeIPs ExcludeMasks
ExcludeThreats ExecArgMax ExecEnvMax FileBlockDuringScan FirewallAction FireWire FirstAction FloppyDrive
FloppyDrivePrincipals General HardDrive HardDrivePrincipals HeuristicLevel ICMPCode ICMPType
IgnoreProxySettingsForCustomSources IgnoreProxySettingsForKLServers ImageAction ImageNameMask ImagingDevice
IncludeFileNames IncludeFolders IncludeHashes InputDevice InterceptorProtectionMode KcsMode KsvlaMode
LimitNumberOfScanFileTasks LocalAddress Locale LocalPorts LogAttempts MachineId ManageExclusions MaxEventsNumber
MaxMemory MemScanExcludedProgramPath MinFreeDiskSpace Modem MonitoringTask MonitorNetworkPorts MultifuncDevice Name
NamespaceMonitoring NetSettings NetworkAdapter NetworkPorts NetworkZonesLocal NetworkZonesPublic
NetworkZonesTrusted NfsExportPath NtpFwMark OnAccessContainerScanAction OnDemandCPULimit OnDemandTask
OpenNagentPorts OperationMode OpticalDrive OpticalDrivePrincipals PackageType PacketRules ParallelPortDevice Path
PCID Port PortableDevice PortName Principal Printer ProgramDesc ProgramPath Protocol ProxyServer RandomInterval
RebuildBaseline RemoteAddress RemotePorts RemovableDrive RemovableDrivePrincipals ReportCleanObjects
ReportPackedObjects ReportUnprocessedObjects RevealSensitiveInfoInTraces RulesAction RuleType RunMissedStartRules
SambaConfigPath ScanAllExecutable ScanArchived ScanBinaries ScanBootSectors ScanByAccessType ScanComputerMemory
ScanContainers ScanFiles ScanImages ScanMailBases ScanMemoryLimit ScanOpticalDrives ScanPlainMail ScanPriority
ScanRemovableDrives ScanScope ScanScripts ScanSfxArchived ScanStartupObjects Schedule ScheduleName Schedules
SecondAction SerialPortDevice Settings SizeLimit SkipDatabaseJournals SkipPlainTextFiles SmartCardReader SocketPath
SoundAdapter Sources SourceType StartTime StartupTraces State TapeDrive TaskId TaskMode TaskName TaskType TimeLimit
TraceFolder TraceLevel TraceMaxFileCount TraceMaxFileSize TrackDirectoryChanges TrackLastAccessTime TrustedAddresses
TrustedDevices TrustedPrograms UntrustedCertificateAction URL USB UseAnalyzer UseCrio UseDocker
UseExcludedForProgram UseExcludeIPs UseExcludeMasks UseExcludes UseExcludeThreats UseFanotify
UseHeuristicForPhishing UseHostBlocker UseIChecker UseIncludes UseKLServersWhenUnavailable UseKSN UseMDR
UseOnDemandCPULimit UseProxy UseRule UseScanArea UseSyslog UseTrustedAddresses UseTrustedProgram UseTrustedPrograms
UseWorkingTimeout Version WiFiAdapter WorkingTimeout
"""
KNOWN_KEYS: dict[str, str] = {word.lower(): word for word in _SPELLINGS.split()}
"""Lower case -> documented spelling, for settings, lists, groups and the sections of the full export."""
