export const planes = {
  forget: {
    open: 'Forget plane …',
    title: 'Forget {plane}?',
    confirm: 'Forget plane',
    about:
      'This deletes the credentials and collected logs of the plane from this computer. Resources on {context} do not change; to remove them, uninstall the plane first.',
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
