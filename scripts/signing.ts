/** How the packages of a system are signed; docs/security-electron.md says where the keys come from. */
export interface Signing {
  readonly signed: boolean
  /** For the log of the build: what is signed by what, or which variables are missing. */
  readonly message: string
  /** Arguments for electron-builder. */
  readonly args: readonly string[]
  /** Changes of the environment. Undefined: the variable is removed, because an empty one is taken for a key. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** The variables that a system's signature needs, all of them. */
const needed: Readonly<Record<string, { readonly variables: readonly string[]; readonly by: string }>> = {
  darwin: {
    variables: ['CSC_LINK', 'CSC_KEY_PASSWORD', 'APPLE_API_KEY_TEXT', 'APPLE_API_KEY_ID', 'APPLE_API_ISSUER'],
    by: 'a Developer ID certificate, and notarized by Apple',
  },
  win32: { variables: ['CSC_LINK', 'CSC_KEY_PASSWORD'], by: 'an Authenticode certificate' },
  linux: { variables: ['GPG_PRIVATE_KEY', 'GPG_PASSPHRASE'], by: 'a detached OpenPGP signature beside each' },
}

/**
 * Whether and how the packages of a system are signed, from the environment. Without any of the variables they are not;
 * with some of them it throws, so that no release is unsigned by mistake. Pure.
 */
export function signingFor(platform: string, env: Readonly<Record<string, string | undefined>>): Signing {
  const { variables, by } = needed[platform] ?? { variables: [], by: '' }
  const missing = variables.filter((name) => (env[name] ?? '') === '')
  const removed = Object.fromEntries(missing.map((name) => [name, undefined]))
  if (variables.length === 0 || missing.length === variables.length) {
    return {
      signed: false,
      message: `Signing skipped: the packages for ${platform} are not signed. ${missing.join(', ')} are not set.`,
      args: [],
      // Else electron-builder takes any identity in the keychain of the machine.
      environment: { ...removed, CSC_IDENTITY_AUTO_DISCOVERY: 'false' },
    }
  }
  if (missing.length > 0) throw new Error(`Signing for ${platform} also needs ${missing.join(', ')}.`)
  return {
    signed: true,
    message: `The packages for ${platform} are signed by ${by}.`,
    // A package that cannot be signed then fails the build.
    args: platform === 'linux' ? [] : ['--config.forceCodeSigning=true'],
    environment: {},
  }
}
