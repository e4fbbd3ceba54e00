/** German of the catalog's descriptions, by the id of the setting. */
export const descriptionsDe: Readonly<Record<string, string>> = {
  startOnLogin: 'Öffnet die App von selbst, wenn eine Sitzung am Computer beginnt.',
  openDashboardOnStartup: 'Zeigt nach dem Start gleich das Fenster, statt in der Leiste zu bleiben.',
  theme: 'Hell, dunkel oder wie das Betriebssystem.',
  shellCompletions: 'Bestimmt, wie die Befehlsergänzung in die Startdateien der Shell kommt.',
  containerTerminal: 'Bestimmt, ob sich eine Shell in der App oder im Terminal des Systems öffnet.',
  desktopTerminalEnabled: 'Bietet in der App ein Terminal des Hosts; ausgeschaltet gibt es dieses nicht.',
  dockerDebugByDefault: 'Shells beginnen mit den Debug-Werkzeugen statt mit der Shell des Images.',
  timeMachineBackup: 'Nimmt den Datenträger der virtuellen Maschine in Sicherungen von Time Machine auf.',
  containerdImageStore: 'Bewahrt Images im Speicher von containerd statt im klassischen auf.',
  vmmDockerVmm:
    'Führt die virtuelle Maschine auf Apple-Prozessoren mit dem eigenen Hypervisor des Herstellers aus.',
  vmmAppleVirtualization: 'Führt die virtuelle Linux-Maschine mit dem Framework aus, das macOS mitbringt.',
  vmmQemu: 'Führt die virtuelle Maschine mit QEMU aus, wie ältere Versionen es konnten.',
  useVirtualizationFrameworkRosetta:
    'Übersetzt Programme für amd64 auf Apple-Prozessoren mit Rosetta; das ist schneller als Emulation.',
  analyticsEnabled:
    'Lässt die App Diagnosedaten, Absturzberichte und Nutzungszahlen an ihren Hersteller senden.',
  showCliHints: 'Fügt den Ausgaben von Befehlszeilenprogrammen kurze Tipps hinzu.',
  automaticallyCheckConfiguration:
    'Bemerkt, wenn ein anderes Programm installierte Verknüpfungen oder den Kontext ändert, und bietet Abhilfe an.',
  exposeDockerAPIOnTCP2375:
    'Öffnet die API der Engine an einem lokalen Port ohne Zugangsdaten: Jedes lokale Programm kann sie dann steuern.',
  addDockerInternalToHosts: 'Führt die internen Hostnamen in der Hosts-Datei von Windows.',
  blockDockerLoad: 'Lässt `docker load` scheitern, sodass jedes Image aus einer Registry kommen muss.',
  displayedOnboarding:
    'Behandelt die Umfrage des ersten Starts als bereits gesehen. Nur das Einschalten wirkt.',
  cpus: 'Wie viele Prozessorkerne die virtuelle Maschine benutzen darf.',
  memoryMiB: 'Wie viel Arbeitsspeicher die virtuelle Maschine höchstens belegen darf.',
  swapMiB: 'Größe des Auslagerungsspeichers in der virtuellen Maschine; 0 heißt keiner.',
  diskSizeMiB: 'Wie groß das Datenträgerabbild der virtuellen Maschine werden darf.',
  diskImageLocation: 'Wo das Datenträgerabbild der virtuellen Maschine liegt.',
  resourceSaver:
    'Hält die virtuelle Maschine an, solange kein Container läuft; das gibt Speicher und Rechenzeit frei.',
  useVirtualizationFrameworkVirtioFS:
    'Überträgt Dateien zwischen dem Mac und der virtuellen Maschine mit VirtioFS.',
  useGrpcfuse: 'Überträgt Dateien zwischen dem Mac und der virtuellen Maschine mit gRPC FUSE.',
  osxfs: 'Benutzt den ersten Treiber für Dateifreigabe auf macOS, den es für alte Einrichtungen noch gibt.',
  filesharingAllowedDirectories:
    'Nur diese Ordner, und was darunter liegt, dürfen für Container freigegeben werden.',
  filesharingDirectories: 'Ordner des Hosts, die Container einhängen können.',
  synchronizedFileShares: 'Ordner, die in die virtuelle Maschine gespiegelt und aktuell gehalten werden.',
  proxyMode:
    'Nimmt den Proxy des Betriebssystems oder die Adressen, die hier stehen. Gilt für die App, ihre Befehlszeile und Erweiterungen.',
  proxyHttp: 'Adresse des vorgelagerten Proxys für einfache HTTP-Anfragen der App.',
  proxyHttps: 'Adresse des vorgelagerten Proxys für HTTPS-Anfragen der App.',
  proxyExclude: 'Hosts, Domänen und Adressbereiche, die die App unmittelbar erreicht.',
  proxyPac: 'Woher ein Skript zur Proxy-Einrichtung (PAC) geladen wird.',
  proxyEmbeddedPac: 'Text eines Skripts zur Proxy-Einrichtung; er geht einer Skriptadresse vor.',
  proxyWindowsDockerdPort:
    'Lokaler Port, an dem der Windows-Daemon den Proxy findet: -1 für keinen, 0 für irgendeinen freien.',
  proxyEnableKerberosNtlm:
    'Benutzt die Windows- oder Verzeichnissitzung der Person, wo der Proxy danach verlangt.',
  containersProxyMode: 'Woher das Laden von Images und der Verkehr von Containern ihren Proxy nehmen.',
  containersProxyHttp: 'Adresse des Proxys, den Daemon und Container für einfaches HTTP benutzen.',
  containersProxyHttps: 'Adresse des Proxys, den Daemon und Container für HTTPS benutzen.',
  containersProxyExclude: 'Hosts, Domänen und Adressbereiche, die Container unmittelbar erreichen dürfen.',
  containersProxyPac:
    'Woher das Skript geladen wird, das je Ziel entscheidet; lässt es sich nicht laden, sind seine Ziele gesperrt.',
  containersProxyEmbeddedPac: 'Text des Skripts, das je Ziel entscheidet; er geht einer Skriptadresse vor.',
  containersProxyTransparentPorts:
    'Verkehr von Containern zu diesen TCP-Ports muss über den Proxy: Ports mit Kommas dazwischen, oder * für alle.',
  vpnkitCIDR:
    'Privater Adressbereich des internen Netzwerks, seines Namensservers und der Namen *.docker.internal.',
  kernelForUdp: 'Sendet UDP über den Kernel statt über das Netzwerk im Benutzerbereich.',
  hostNetworking: 'Container mit --net=host teilen sich localhost mit diesem Computer.',
  defaultNetworkingMode: 'Ob ein neues Netzwerk IPv4, IPv6 oder beides hat.',
  dnsInhibition: 'Lässt IPv4- oder IPv6-Adressen aus den Antworten an Container weg.',
  portBindingBehavior:
    'An welchen Adressen des Hosts die veröffentlichten Ports eines Containers lauschen dürfen.',
  wslEngineEnabled: 'Benutzt WSL 2 für die virtuelle Linux-Maschine; ausgeschaltet Hyper-V.',
  wslDefaultDistroIntegration: 'Macht die Befehlszeile in der WSL-Standarddistribution verfügbar.',
  wslDistroIntegration: 'Nennt weitere WSL-Distributionen, in denen die Befehlszeile verfügbar ist.',
  linuxDaemonOptions: 'Inhalt der daemon.json der Linux-Engine, als JSON-Text.',
  windowsDaemonOptions: 'Inhalt der daemon.json der Windows-Engine, als JSON-Text.',
  engineDebug: 'Lässt die Engine ausführliche Protokollzeilen schreiben.',
  engineExperimental: 'Schaltet ein, was die Engine als experimentell kennzeichnet.',
  engineInsecureRegistries:
    'Registrys, als Host:Port, die die Engine ohne Prüfung eines Zertifikats benutzen darf.',
  engineRegistryMirrors: 'Adressen von Spiegeln, die die Engine vor der öffentlichen Registry fragt.',
  builders: 'Die eingerichteten Build-Instanzen: Name, Treiber und Plattformen.',
  enhancedContainerIsolation:
    'Startet Container in Benutzernamensräumen hinter einer gehärteten Laufzeit, sodass root im Container nicht root in der virtuellen Maschine ist.',
  eciSocketImages: 'Container dieser Images dürfen den Socket der Engine trotz Isolation einhängen.',
  eciSocketAllowDerivedImages:
    'Dehnt die Erlaubnis für den Socket auf lokale Images aus, die auf einem genannten aufbauen.',
  eciSocketCommandListType: 'Ob die genannten Befehle verweigert werden oder als einzige erlaubt sind.',
  eciSocketCommands:
    'Befehle der Engine, die die Liste verweigert oder erlaubt, wenn ein Container mit dem eingehängten Socket spricht.',
  kubernetesEnabled: 'Startet den mitgelieferten Kubernetes-Cluster zusammen mit der App.',
  kubernetesShowSystemContainers: 'Führt die eigenen Container des Clusters unter den anderen auf.',
  kubernetesImagesRepository:
    'Registry und Namensraum, aus denen die Images der Steuerebene des Clusters kommen.',
  kubernetesMode: 'Ein Knoten mit kubeadm, oder einer oder mehrere mit kind.',
  kubernetesNodesCount: 'Wie viele Knoten ein kind-Cluster hat.',
  kubernetesNodeVersion: 'Version, die die Knoten eines kind-Clusters ausführen.',
  enableInference: 'Schaltet den Model Runner ein, der KI-Modelle auf diesem Computer bereitstellt.',
  enableInferenceTCP: 'Bietet die API des Model Runners an einem TCP-Port des Hosts an.',
  enableInferenceTCPPort: 'TCP-Port des Hosts, an dem die API des Model Runners lauscht.',
  enableInferenceCORS:
    'Ursprünge, mit Kommas dazwischen, deren Seiten die API aus einem Browser aufrufen dürfen. Leer erlaubt keinen, * alle.',
  enableInferenceGPUVariant:
    'Benutzt die GPU-Fassung der Modell-Engine, die beim ersten Bedarf heruntergeladen wird.',
  enableDockerAI: 'Schaltet den Assistenten Gordon in der App und auf der Befehlszeile ein.',
  scoutSbomIndexing: 'Erstellt eine Stückliste, wenn jemand ein Image ansieht.',
  scoutUseBackgroundIndexing: 'Erfasst Images bei ihrer Ankunft, ohne gefragt zu werden.',
  extensionsEnabled: 'Lässt Erweiterungen installieren und ausführen.',
  onlyMarketplaceExtensions: 'Verweigert Erweiterungen, die von der Befehlszeile installiert werden.',
  extensionsPrivateMarketplace:
    'Zeigt statt des öffentlichen Marktplatzes die Erweiterungen, die die Administration bereitstellt.',
  extensionsPrivateMarketplaceAdminContactURL:
    'Web- oder E-Mail-Link für alle, die um eine Erweiterung bitten möchten. Leer zeigt keinen Link.',
  showExtensionsSystemContainers: 'Führt die Container von Erweiterungen unter den anderen auf.',
  enableCloud: 'Zeigt den Schalter, der Builds und Container in die Cloud verlegt.',
  offloadIdleTimeout: 'Nach welcher Zeit ohne Arbeit die Cloud-Engine ruht.',
  offloadGpuSupport: 'Verlangt Cloud-Engines, die eine GPU haben.',
  enableDockerMCPToolkit: 'Schaltet Katalog und Gateway für Server des Model Context Protocol ein.',
  allowBetaFeatures: 'Zeigt Funktionen, die öffentlich erprobt werden.',
  allowExperimentalFeatures: 'Zeigt die experimentellen Funktionen älterer Versionen.',
  enableWasm: 'Installiert die Laufzeiten für WebAssembly.',
  notifyGeneral: 'Meldet, wenn Aufgaben und Abläufe beginnen, enden oder scheitern.',
  notifyPromotional: 'Zeigt Tipps und Angebote des Herstellers.',
  notifyAnnouncements: 'Zeigt Neues vom Hersteller.',
  notifySurveys: 'Zeigt Einladungen zu Umfragen.',
  notifyScoutPopups: 'Zeigt in der App als Pop-up, was Scout findet.',
  notifyScoutOs: 'Zeigt unter den Mitteilungen des Betriebssystems, was Scout findet.',
  disableUpdate: 'Eingeschaltet sucht die App nicht nach neuen Versionen und meldet auch keine.',
  autoDownloadUpdates: 'Holt eine neue Version, sobald sie erschienen ist, bereit zum Installieren.',
  silentModulesUpdate: 'Hält Teile wie die Befehlszeile aktuell, ohne die App neu zu starten.',
  cliInstallLocation: 'Legt die Befehlszeilenprogramme in den Ordner des Systems oder in den eigenen.',
  defaultDockerSocket: 'Legt /var/run/docker.sock für Programme an, die ihn dort erwarten.',
  privilegedPortMapping:
    'Führt das Hilfsprogramm aus, mit dem Container Ports unter 1024 veröffentlichen können.',
};
