import { hints, type ProblemCode } from '../preload/contract/problem.ts'
import { problem } from '../renderer/strings/en/problem.ts'
import { shell } from '../renderer/strings/en/shell.ts'

interface Entry {
  readonly meaning: string
  readonly hint: string
}

/** Problems that the window reports by itself: the core does not know them. */
export const windowProblems: Readonly<Record<string, Entry>> = {
  HOST_LOST: { meaning: 'The window has no connection to Hangar.', hint: problem.hostLost.hint },
  ADDRESS_STALE: {
    meaning: 'The address of the window names a plane, a page or a part that does not exist here.',
    hint: shell.address.hint,
  },
  WINDOW_FAILED: { meaning: 'A view could not be drawn.', hint: shell.failed.hint },
}

/** What each error means, beside the message, which names the case. A test finds the codes that have none. */
export const meanings: Readonly<Partial<Record<ProblemCode, string>>> = {
  INPUT_INVALID:
    'A value of the call has not the form that it needs. The evidence names the fields, never their values.',
  FILE_UNREADABLE: 'A file does not exist, or this user is not permitted to read it.',
  FILE_INVALID: 'A file was read, and its content is not in the expected format.',
  CANCELLED: 'A person or the end of the window stopped the call. What was done before remains.',
  TIMED_OUT: 'Something did not finish within its time limit.',
  THREAD_DIED: 'A worker thread of Hangar ended unexpectedly.',
  INTERNAL: 'An unexpected error. Its text is not shown, because it can contain secrets.',
  USAGE_INVALID: 'The command line has an unknown command, an unknown option or a wrong value.',
  PORT_TAKEN: 'Another program listens on the port that was asked for.',
  HOME_UNUSABLE: 'The folder of Hangar’s state cannot be written.',
  TOO_MANY_CALLS: 'The window has more open calls than Hangar accepts.',
  SESSION_ENDED: 'The session of this browser tab is over.',
  WINDOW_MISSING: 'The files of the window are not beside the program.',
  PROFILE_UNKNOWN: 'No profile has this name.',
  PROFILE_INVALID:
    'The profile is not valid YAML, or a field is not as the format demands. The message names line and column.',
  PROFILE_CHANGED: 'The profile of the plane is not the one that was approved.',
  PLANE_UNKNOWN: 'No plane has this name or id.',
  PLANE_EXISTS: 'A plane with this name exists.',
  SETTINGS_INVALID: 'A setting of the plane does not match the schema in its profile.',
  CONTEXT_UNKNOWN: 'No kubeconfig has a context of this name.',
  KUBECONFIG_UNREADABLE: 'A kubeconfig does not exist, or cannot be read.',
  KUBECONFIG_INVALID: 'A kubeconfig is not valid YAML, or an entry of it is not as Kubernetes defines it.',
  KUBECONFIG_REFUSED: 'A kubeconfig asks for what Hangar does not do, such as reading a file outside of its folder.',
  KUBECONFIG_ENTRY_HIDDEN: 'Two kubeconfigs have an entry of the same name: the first one counts, as in kubectl.',
  KUBECONFIG_USER_UNDEFINED: 'The context names a user that no kubeconfig defines.',
  CREDENTIAL_ENDED: 'The token or client certificate of the context is no longer valid.',
  CLUSTER_UNREACHABLE: 'The API server of the cluster did not answer.',
  CLUSTER_UNTRUSTED: 'The certificate of the API server was not signed by the authority of the kubeconfig.',
  CLUSTER_OTHER: 'The context leads to another cluster than the one that has the plane.',
  CLUSTER_UNAUTHORIZED: 'The API server does not accept the credential (401).',
  CLUSTER_FORBIDDEN: 'The API server knows the user and denies the request (403). The message names the permission.',
  CLUSTER_REFUSED: 'The API server refused the request for another reason, which the message names.',
  CLUSTER_BUSY: 'The API server asks to come later (429 or 503).',
  PORT_FORWARD_FAILED: 'The connection through the API server to a pod was not made.',
  ANSWER_TOO_LARGE: 'The answer is larger than what Hangar reads at once.',
  KIND_UNKNOWN: 'The cluster has no such kind of object.',
  CONSENT_NEEDED: 'The context runs a program or changes how the connection is made, and nobody has allowed it yet.',
  CONSENT_STALE: 'What was shown for a decision is no longer what would be done.',
  NOT_CONFIRMED: 'The dialog of the system was cancelled or closed.',
  CREDENTIAL_PLUGIN_FAILED: 'The program that should print a credential failed.',
  VAULT_LOCKED: 'The action needs a secret or the log key, and the vault is locked.',
  VAULT_PASSPHRASE_WRONG: 'The passphrase does not open the vault.',
  VAULT_ATTEMPTS_LIMITED: 'After several wrong passphrases, the next attempt has to wait.',
  VAULT_UNAVAILABLE: 'This computer has no keychain service that works, and the vault has no passphrase.',
  CREDENTIAL_MISSING: 'A credential that the plane needs is not stored.',
  RUN_UNKNOWN: 'The saved run does not exist any more.',
  RUN_DAMAGED: 'The file of a saved run is not complete.',
  PROBE_MISSING: 'The program that runs in pods is not beside Hangar.',
  HELM_MISSING: 'The helm of the settings does not exist here.',
  HELM_CONSENT_NEEDED: 'The settings name the helm on the PATH, and nobody has allowed it yet.',
  HELM_UNPROTECTED: 'Other users of this computer can replace the helm program.',
  HELM_UNVERIFIED: 'The helm of Hangar does not have the checksum that it was built with.',
  HELM_FAILED: 'helm ended with an error. The evidence has its output.',
  CHART_CHANGED: 'The chart does not have the digest of the profile, or differs from the one that was planned.',
  PREFLIGHT_FAILED: 'A check that an install needs has failed.',
  PLAN_STALE: 'What was reviewed is not what would be done now.',
  PLAN_FILE_INVALID: 'The file is not a saved plan, or is too large to be one.',
  PLAN_FILE_VERSION: 'The saved plan has another version of the format than this Hangar reads.',
  PLAN_FILE_CHANGED: 'The saved plan was changed since, or another installation of Hangar saved it.',
  PLAN_PLANE_OTHER: 'The saved plan belongs to another plane, or to one that this computer does not have.',
  PLAN_CLUSTER_OTHER: 'The saved plan was made against another cluster.',
  PLAN_PROFILE_CHANGED: 'The profile of the plane is not the one that the plan was saved with.',
  PLAN_CHART_CHANGED: 'A chart has another content than the one that the plan was saved with.',
  KIT_INVALID:
    'The file is not a kit, or not one as Hangar writes it: another first file, links, names outside of its folder, two files of a name, or files that its manifest does not list.',
  KIT_TRUNCATED: 'The file ends before all files that its manifest lists.',
  KIT_CHANGED: 'A file of the kit has another size or SHA-256 than the signed manifest says.',
  KIT_SIGNATURE_INVALID: 'The manifest of the kit, or the comment of its signature, is not what the key signed.',
  KIT_KEY_OTHER: 'The kit is signed, but with another key than the one that was named.',
  KIT_KEY_INVALID: 'The file is no key of minisign, the key is damaged, or its passphrase is wrong.',
  KIT_TOO_LARGE: 'A kit has at most 500 images, 20,000 files and 100 GiB; one file of it less than 8 GiB.',
  KIT_IMAGE_FIXED:
    'A chart names an image in a way that no value changes, so that it cannot come from the registry of the kit.',
  REGISTRY_UNREACHABLE: 'No connection to the registry was made, or it ended within a transfer.',
  REGISTRY_DENIED: 'The registry wants a login, or does not give the repository to this one.',
  REGISTRY_REFUSED:
    'The registry answered, but not with what was asked for. The message has its code, such as MANIFEST_UNKNOWN.',
  LOSS_NOT_ACCEPTED: 'The plan deletes something that cannot be restored, and the loss was not accepted.',
  OPERATION_RUNNING: 'The plane has a running operation; a second one would disturb it.',
  OPERATION_UNKNOWN: 'No operation has this id.',
  OPERATION_NOT_RESUMABLE: 'The operation is over.',
  STEP_REPEATED: 'A resumed step found the cluster unchanged by its last attempt.',
  STEP_TIMED_OUT: 'A step waited longer than its limit. The message names the objects.',
  RELEASE_FOREIGN:
    'A Helm release of this name exists that Flux or another plane manages, or that another helm may be working on.',
  JOURNAL_DAMAGED: 'The record of an operation cannot be read to its end.',
  JOURNAL_UNVERIFIED:
    'The record of an operation has no valid signature: it was changed, or comes from another computer.',
  LOG_STORE_LOCKED: 'Collected logs are encrypted, and the vault that has their key is locked.',
  LOG_STORE_BUSY: 'Another Hangar of this computer already collects the logs of this plane.',
  LOG_STORE_DAMAGED: 'A day of stored logs cannot be decrypted.',
  LOG_IMPORT_LIMIT: 'An imported log has lines of more days than a store takes at once.',
  LOG_ENGINE_UNAVAILABLE:
    'The log engine of the cluster does not answer through the API server, or the service is no log engine.',
  LOG_ENGINE_REFUSED: 'The log engine of the cluster answers with an error, which is in the evidence.',
  BLOCK_DAMAGED: 'A block of stored logs cannot be decrypted.',
  QUERY_INVALID: 'The query of a search cannot be read. The message names the column.',
}

const section = (code: string, { meaning, hint }: Entry): string =>
  [`### \`${code}\``, '', ...(meaning === '' ? [] : [meaning, '']), `- What to do: ${hint}`, ''].join('\n')

/** The text of `docs/guide/errors.md`. */
export function errorsGuide(): string {
  const entries: Readonly<Record<string, Entry>> = {
    ...Object.fromEntries(
      Object.entries(hints).map(([code, hint]) => [code, { hint, meaning: meanings[code as ProblemCode] ?? '' }]), // keys of `hints`
    ),
    ...windowProblems,
  }
  const sections = Object.entries(entries).map(([code, entry]) => section(code, entry))
  return `# Errors

What each error code means and what to do. The message of an error names the case; its evidence is text to copy for the team that can help.

This page is generated from \`preload/contract/problem.ts\` and \`scripts/errors-page.ts\`.

${sections.join('\n')}`
}
