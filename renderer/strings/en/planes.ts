export const planes = {
  forget: {
    open: 'Forget plane …',
    title: 'Forget {plane}?',
    confirm: 'Forget plane',
    about:
      'This deletes the credentials and collected logs of the plane from this computer. Resources on {context} do not change; to remove them, uninstall the plane first.',
  },
  changeContext: {
    open: 'Change context …',
    title: 'Change the context of {plane}',
    about:
      'The plane uses {context}. If its kubeconfig was moved or replaced, choose the context of the new file. To add a file, open the settings. The cluster does not change.',
    label: 'New context',
    choose: 'Choose a context',
    none: 'No other context can be used',
    file: 'Defined in {file}. API server: {server}',
    confirm: 'Change context',
    missing: 'Context not found',
    missingAbout:
      'No kubeconfig defines the context {context} of this plane. If the file was moved, choose its new context.',
  },
  details: {
    title: 'Plane details',
    profile: 'Profile',
    profileTitle: '{title} ({name})',
    context: 'Context',
    managementModel: 'Management model',
    chartValues: 'Custom chart values',
    chartValuesFor: 'for {releases}',
    created: 'Created',
    installed: 'Installed',
    notInstalled: 'Not installed',
  },
  change: {
    title: {
      changed: 'Profile of {plane} changed',
      builtIn: 'Profile of {plane} changed',
      moved: 'Credentials of {plane}',
      unapproved: 'Profile of {plane}',
    },
    intro: {
      changed: 'The profile {profile} changed since you approved it ({at}). Approve it only if you expect this change.',
      builtIn:
        'This version of Hangar has another version of the profile {profile} than you approved ({at}). Review what is different.',
      moved:
        'With the settings of this plane, credentials are sent to other destinations than you approved ({at}). Approve it only if you trust them.',
      unapproved:
        'You have not approved the profile {profile} for this plane yet. Approve it only if you trust its endpoints and charts.',
    },
    again: 'Changed since it was shown',
    againDetails: 'The profile changed again. Review it again.',
    textOnly: 'Only comments or the layout of the text changed.',
    credentials: 'Credentials',
    sentTo: 'Sent to',
    endpoints: 'Endpoints',
    releases: 'Releases',
    files: 'Files of charts and root certificates',
    others: 'Other changes',
    settings: 'The settings or their defaults changed.',
    fields: 'Fields that changed: {fields}',
    chart: 'Chart',
    values: 'Chart values',
    valuesChanged: 'changed',
    digest: 'Digest (SHA-256)',
    expectations: 'What is expected of the server, or its description, changed',
    none: 'none',
    defaultPort: 'default of the protocol',
    yes: 'yes',
    no: 'no',
    kind: { added: 'added', removed: 'removed', changed: 'changed' },
    field: {
      host: 'Host',
      port: 'Port',
      protocol: 'Protocol',
      tls: 'TLS',
      trust: 'Trusted roots',
      credential: 'Credential',
      clientCertificate: 'Client certificate',
      serverName: 'Server name',
      path: 'Path',
      proxy: 'Proxy',
      companions: 'Also connects to',
      others: 'Other fields',
    },
    approve: {
      changed: 'Approve profile',
      builtIn: 'Approve profile',
      moved: 'Approve destinations',
      unapproved: 'Approve profile',
    },
    needed: {
      title: {
        changed: 'Profile changed',
        builtIn: 'Profile changed',
        moved: 'Credential destination changed',
        unapproved: 'Profile not approved yet',
      },
      details: {
        changed:
          'Until you review and approve {profile}, no credential of this plane is used, nothing is checked, and nothing is planned or installed.',
        builtIn:
          'Until you review and approve {profile}, no credential of this plane is used, nothing is checked, and nothing is planned or installed.',
        moved:
          'Settings of this plane send its credentials to another destination. Until you review and approve it, no credential is used, nothing is checked, and nothing is planned or installed.',
        unapproved:
          'Until you review and approve {profile}, no credential of this plane is used, nothing is checked, and nothing is planned or installed.',
      },
      review: 'Review changes',
    },
  },
  responsibilities: 'Responsibilities',
  tasksOf: 'Tasks in the management model "{model}"',
  nextStep: {
    interrupted: {
      text: 'An operation was interrupted. Review its steps, then resume it.',
      action: 'Review operation',
    },
    running: { text: 'An operation is running on this plane.', action: 'View progress' },
    failed: {
      text: 'The last operation failed. Review the failed step and the available actions.',
      action: 'Review operation',
    },
    notInstalled: { text: 'This plane is not installed yet.', action: 'Continue installation' },
    unhealthy: { text: 'Some components are not healthy. See which ones, and why.', action: 'Open workloads' },
    failedConnections: {
      text: 'Some connections failed in the last check. See the causes and how to fix them.',
      action: 'Open connectivity',
    },
    unreachable: {
      text: 'The cluster is unreachable. You can still search the collected logs.',
      action: 'Search logs',
    },
    unchecked: { text: 'Connectivity has not been checked yet.', action: 'Check connectivity' },
    notCollecting: {
      text: 'Log collection is off. Only collected logs can be searched later.',
      action: 'Open logs',
    },
  },
} as const
