export const connect = {
  intro:
    'Hangar looks in the cluster for what a profile names: releases of helm and Flux, and the workloads of its components. It reads only, and nothing changes.',
  cluster: 'Cluster',
  profile: 'Profile',
  profileHint: 'The kind of plane that runs there.',
  chooseProfile: 'Choose a profile.',
  discover: 'Look for the plane',
  discovering: 'Reading the cluster …',
  found: 'Found in this cluster',
  installedBy: {
    hangar: 'Hangar installed this plane, from this computer or from another one.',
    others:
      'Another program installed this plane. Hangar shows its health, connections and logs, and offers no install or uninstall.',
  },
  components: 'Components',
  releases: 'Releases',
  release: '{name} in {namespace}',
  column: {
    component: 'Component',
    release: 'Release',
    state: 'State',
    version: 'Version',
    missing: 'Not found',
    by: 'Installed by',
    revision: 'Revision',
  },
  state: {
    found: 'Found',
    partial: 'Found in part',
    missing: 'Not found',
    unknown: 'Not permitted to read',
    elsewhere: 'Outside this cluster',
  },
  by: { hangar: 'Hangar', helm: 'Another helm', flux: 'Flux', unknown: 'Unknown' },
  nothing: 'No plane of this profile here',
  nothingAbout:
    'No release and no workload of the profile was found in this cluster. Choose another cluster or profile.',
  settings:
    'Settings: {count, plural, =0 {none could be read from the releases} one {# was read from the releases} other {# were read from the releases}}',
  loadingForm: 'the form',
  name: 'Name on this computer',
  confirm: 'Connect plane',
} as const
