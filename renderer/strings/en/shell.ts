export const shell = {
  name: 'Hangar',
  skip: 'Skip to content',
  planes: 'Planes',
  installPlane: 'Install a plane',
  profiles: 'Profiles',
  settings: 'Settings',
  goTo: 'Go to …',
  shortcut: '{platform, select, mac {⌘K} other {Ctrl+K}}',
  operation:
    '{kind, select, install {Install} other {Uninstall}}: {state, select, running {running} interrupted {interrupted} failed {failed} other {}}',
  running: '{count, number} running',
  interrupted: '{count, number} interrupted',
  tabs: 'Plane views',
  tab: {
    overview: 'Overview',
    install: 'Install',
    connectivity: 'Connectivity',
    workloads: 'Workloads',
    logs: 'Logs',
    activity: 'Activity',
  },
  planeOnCluster: '{profile} on {context}',
  unknownPlane: 'Unknown plane',
  nextStep: 'Next step',
  loading: {
    view: 'the view',
    plane: 'the plane',
    planes: 'planes',
    profile: 'the profile',
    installation: 'the installation',
    operation: 'the operation',
  },
  failed: {
    message: 'An internal error prevents this view from being displayed.',
    hint: 'Reload the window (Ctrl+R). Operations in the background are not affected.',
  },
  connection: {
    restored: 'Reconnected to Hangar',
    slow: {
      title: 'Hangar does not respond yet',
      details: 'First attempt {since}. The window retries automatically. If Hangar was stopped, start it again.',
    },
    lost: {
      title: 'Connection to Hangar lost',
      details:
        'The data shown can be out of date. Connection lost {since}. The window reconnects automatically. If Hangar was stopped, start it again.',
    },
    reconnect: 'Reconnect now',
  },
  vault: {
    empty: 'Vault has no passphrase',
    locked: 'Vault locked',
    details: 'Credentials and collected logs are not accessible until the vault is open.',
  },
  home: {
    title: 'No planes yet',
    about:
      'A plane is a private data plane on one of your clusters. Hangar shows each step before it changes the cluster, checks the connections that the plane needs, and stores its logs on this computer for search.',
    reload: 'Reload planes',
  },
  notices: {
    region: 'Notifications',
    dismiss: 'Dismiss notification',
    openConnectivity: 'Open connectivity',
  },
  palette: {
    title: 'Search views and actions',
    empty: 'No matching views or actions',
    planeTab: '{plane}: {tab}',
    stopChecking: 'Stop checking connectivity',
    check: 'Check connectivity',
    recheckFailed: 'Recheck failed connections',
    earlierRuns: 'Show earlier connectivity runs',
    theme: { light: 'Use light theme', dark: 'Use dark theme', system: 'Use system theme' },
  },
} as const
