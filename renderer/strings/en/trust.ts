export const trust = {
  title: 'Sign-in to {context}',
  intro:
    'The kubeconfig demands the following to sign in. Hangar has not done any of it. Allow it only if you trust the kubeconfig.',
  changed: 'Changed since it was shown',
  changedDetails: 'The kubeconfig or the program changed. Review it again.',
  kubeconfig: 'Kubeconfig',
  server: 'API server',
  demand: {
    program: {
      title: 'Run a program',
      about: 'The program runs as you: it can do on this computer whatever you can do.',
    },
    'token-file': {
      title: 'Send the content of a file',
      about: 'The content is sent as a token. Check that the file holds the token of this API server and nothing else.',
    },
    unencrypted: {
      title: 'Send credentials without encryption',
      about: 'Others on the network can read the credentials, and use them.',
    },
  },
  fact: {
    command: 'Command',
    name: 'Named as',
    variables: 'Variables',
    file: 'File',
    to: 'To',
  },
  wholeFile: 'All known programs of this kubeconfig',
  wholeFileDetails:
    'Also allows the other contexts of this file that sign in with a known program, such as aws, gke-gcloud-auth-plugin or kubelogin.',
  inherit: 'Pass variables to the program',
  inheritDetails:
    'These variables of this computer often hold secrets. The program gets those that you select. Their values are not shown.',
  allow: 'Allow sign-in',
  inDialog: '{label}…',
  needed: {
    title: 'Sign-in not allowed yet',
    details: '{context} demands something of this computer to sign in. Hangar does not connect until you allow it.',
    program: '{context} signs in with a program on this computer. Hangar does not run it until you allow it.',
    review: 'Review sign-in',
  },
  helm: {
    title: 'Helm of the PATH',
    about:
      'The program runs as you, and gets the kubeconfig, the values and the secrets of the planes that you install. Hangar runs it only after you allow it, and asks again when the file changes.',
    state: 'State',
    allowed: 'Allowed',
    notAllowed: 'Not allowed yet',
    program: 'Program',
    file: 'File behind the link',
    script: 'It is a script: it can start any other program, which Hangar does not compare.',
    allow: 'Allow helm',
  },
  granted: {
    title: 'Your approvals',
    details:
      'Programs that Hangar may run, files that it may send, servers that get credentials without encryption, and the profiles of planes. After you revoke one, Hangar closes the connections that need it.',
    list: 'Your approvals',
    empty: 'You have not allowed anything yet. Hangar asks when you connect to a context that needs it.',
    known: 'All known programs of the kubeconfig',
    profile: 'The profile of the plane {plane}',
    run: 'Run {command}',
    send: 'Send {file} to {server}',
    unencrypted: 'Send credentials to {server} without encryption',
    with: 'with {variables}',
    from: '{file}, since {at}',
    revoke: 'Revoke',
    revokeOne: 'Revoke: {what}',
  },
} as const
