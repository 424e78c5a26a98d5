export const shell = {
  name: 'Hangar',
  skip: 'Skip to content',
  homeLink: 'Home',
  planes: 'Planes',
  installPlane: 'Install a plane',
  new: 'New',
  recorded: {
    title: 'Recorded demo plane, as it was at {time}',
    about:
      'Look around: map, connections, workloads and logs answer from a recording. Nothing runs, and nothing can be changed.',
    leave: 'Leave recording',
  },
  connectPlane: 'Connect to a running plane',
  checkEndpoints: 'Check endpoints',
  profiles: 'Profiles',
  settings: 'Settings',
  goTo: 'Go to …',
  shortcut: '{platform, select, mac {⌘K} other {Ctrl+K}}',
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
    about: 'About',
  },
  planeOnCluster: '{profile} on {context}',
  unknownPlane: 'Unknown plane',
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
  signOut: 'Sign out',
  signedOut: {
    noAddress: 'Address from the terminal required',
    tokenUsed: 'Address no longer valid',
    unknown: 'Session not found',
    expired: 'Session expired',
    signedOut: 'Signed out',
    details: {
      noAddress: 'This tab has no session. A session starts with an address that Hangar prints.',
      tokenUsed:
        'An address works once, for 15 minutes, and until Hangar prints the next one. If you did not open this address before, another user of this computer may have: end Hangar and start it again.',
      unknown: 'Hangar was started again since this tab was opened, or another program now uses its port.',
      expired: 'A session ends after 8 hours without an action, and after 24 hours in any case.',
      signedOut: 'All tabs of this session are signed out. Operations and watches continue in Hangar.',
    },
    next: 'In the terminal where Hangar runs, press Enter and open the new address. If Hangar runs in the background, send it the signal that it named at its start: <code>kill -USR2 PID</code>.',
  },
  vault: {
    locked: 'Vault locked',
    details:
      'Credentials and collected logs are not accessible until the vault is open. A running log collection continues.',
  },
  home: {
    title: 'No planes yet',
    about:
      'A plane is a private data plane on one of your clusters. Hangar shows each step before it changes the cluster, checks the connections that the plane needs, and stores its logs on this computer for search.',
    offer: {
      install: {
        title: 'Install a plane',
        details: 'Choose a cluster and a profile. Nothing changes before you have seen the plan.',
      },
      connect: {
        title: 'Connect to a running plane',
        details: 'Hangar looks for it in a cluster and shows what it found. Nothing changes.',
      },
      look: {
        title: 'Look around',
        details: 'A recorded demo plane with a fault to find. It needs no cluster, and nothing can be changed.',
      },
      check: {
        title: 'Check endpoints only',
        details: 'Check from this computer what a profile or a list names. It needs no plane and no cluster.',
      },
    },
    reload: 'Reload planes',
  },
  notices: {
    region: 'Notifications',
    dismiss: 'Dismiss notification',
    openConnectivity: 'Open connectivity',
  },
  address: {
    noPlane: 'The plane of this address does not exist here',
    incomplete: 'A part of this address does not exist here',
    hint: 'The nearest place is shown. It may have been removed, or the address is of another computer.',
  },
  palette: {
    title: 'Search views and actions',
    empty: 'No matching views or actions',
    planeTab: '{plane}: {tab}',
    stopChecking: 'Stop checking connectivity',
    check: 'Check connectivity',
    recheckFailed: 'Recheck failed connections',
    lockVault: 'Lock vault',
    earlierRuns: 'Show earlier connectivity runs',
    times: { local: 'Show times of this computer', utc: 'Show times in UTC' },
    theme: { light: 'Use light theme', dark: 'Use dark theme', system: 'Use system theme' },
  },
} as const
