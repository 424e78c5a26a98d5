import { oc } from '@orpc/contract'
import { z } from 'zod'

/**
 * Every expected failure has a code here, with what the user should do next.
 * One line each; grouped by feature. A code, once shipped, keeps its meaning.
 */
export const hints = {
  // any feature
  INPUT_INVALID: 'Correct the named field and try again.',
  FILE_UNREADABLE: 'Check that the file exists and that this user is permitted to read it.',
  FILE_INVALID: 'Name another file, or correct this one: at the line, if the message names one.',
  CANCELLED: 'The operation was stopped. Start it again when ready.',
  TIMED_OUT: 'Try again. If the error persists, check what it was waiting on.',
  THREAD_DIED: 'Hangar restarts the thread. If the error recurs, report it with the evidence.',
  INTERNAL: 'This is a bug in Hangar. Report it with the reference in the evidence.',
  // hosts
  USAGE_INVALID: 'Run "hangar --help" for the commands, or "hangar COMMAND --help" for the options of a command.',
  PORT_TAKEN: 'Choose another port, or omit --port to use any free port.',
  HOME_UNUSABLE: 'Set HANGAR_HOME to a folder that this user is permitted to write to.',
  TOO_MANY_CALLS: 'Close other windows of Hangar, or wait until their calls have ended.',
  SESSION_ENDED: 'Open a new address: press Enter in the terminal where Hangar runs.',
  WINDOW_MISSING: 'Run "npm ci" and "npm run build" in the checkout, or install Hangar again.',
  // profiles and planes
  PROFILE_UNKNOWN: 'Run "hangar profiles" to list the profiles.',
  PROFILE_INVALID: 'Correct the field at the named line. "hangar schema profile" prints the expected format.',
  PROFILE_CHANGED:
    'Review what changed and approve it: in the window, or with "hangar trust approve PLANE". Until then, no credential is used and no check runs.',
  PLANE_UNKNOWN: 'Run "hangar status" or open the list of planes to see the existing planes.',
  PLANE_EXISTS: 'Choose another name, or open the existing plane.',
  SETTINGS_INVALID: 'Correct the named setting. The profile describes its format.',
  // clusters
  CONTEXT_UNKNOWN:
    'Run "hangar contexts" to list the contexts. If the kubeconfig was moved, name it with --kubeconfig FILE, or connect the plane again with "hangar set-context" or "Change context" in the window.',
  CLUSTER_OTHER:
    'Choose a context of the cluster that the plane is installed on. If that cluster was replaced, connect the plane to the new one with "hangar set-context --other-cluster" or "Change context" in the window.',
  KUBECONFIG_UNREADABLE: 'Check the path in KUBECONFIG and the permissions of the file.',
  KUBECONFIG_INVALID: 'Correct the kubeconfig at the named line. The other contexts remain usable.',
  KUBECONFIG_REFUSED: 'This is a rule of Hangar; kubectl may use the file. Add it in another way, as the message says.',
  KUBECONFIG_ENTRY_HIDDEN: 'Rename the entry in one of the files, or name this file alone with --kubeconfig.',
  KUBECONFIG_USER_UNDEFINED: 'Define the user in a kubeconfig, or correct its name in the context.',
  CREDENTIAL_ENDED:
    'Sign in again with the tool that made the kubeconfig, or ask the cluster administrator for a new one. Also check the clock of this computer.',
  CLUSTER_UNREACHABLE: 'Check the network, the VPN and the proxy between this computer and the API server.',
  CLUSTER_UNTRUSTED:
    'Check the certificate authority in the kubeconfig: it did not sign the certificate of the API server.',
  CLUSTER_UNAUTHORIZED: 'Sign in again: the API server rejects these credentials.',
  CLUSTER_FORBIDDEN: 'Ask the cluster administrator for the named permission.',
  CLUSTER_REFUSED: 'Correct the problem that the API server reported, and try again.',
  CLUSTER_BUSY: 'The API server is starting or overloaded. Try again in a moment.',
  PORT_FORWARD_FAILED:
    'Check that the pod is running and listens on the port. The evidence is the message of its node.',
  ANSWER_TOO_LARGE: 'Request less at once: a single namespace, or a narrower selector.',
  KIND_UNKNOWN: 'Install the custom resource definition of this kind, then try again.',
  CONSENT_NEEDED:
    'Review what the context does and allow it: in the window, at the prompt in a terminal, or with --trust-exec FILE.',
  CONSENT_STALE: 'Review it again: the kubeconfig or the program changed since it was shown.',
  NOT_CONFIRMED: 'Nothing was allowed. Ask for it again, and confirm it in the dialog of the system.',
  CREDENTIAL_PLUGIN_FAILED: 'Run the named program in a terminal. It must print a credential.',
  // vault
  VAULT_LOCKED: 'Unlock the vault with its passphrase, or start a keychain service.',
  VAULT_PASSPHRASE_WRONG: 'Try the passphrase again. It cannot be recovered or reset.',
  VAULT_ATTEMPTS_LIMITED: 'Wait until the named time has passed, then try again.',
  VAULT_UNAVAILABLE: 'Start a keychain service (libsecret), or set a passphrase for the vault.',
  CREDENTIAL_MISSING: 'Enter the named credential for this plane first.',
  // connectivity
  RUN_UNKNOWN: 'Choose one of the saved runs. The oldest are deleted when new ones are saved.',
  RUN_DAMAGED: 'Choose another run. Only this one is damaged.',
  PROBE_MISSING: 'Run "npm ci" in the checkout, or install Hangar again.',
  // install
  HELM_MISSING:
    'Run "npm run build:helm" in a checkout, or set "helm" to "path" in the settings to use the helm on your PATH.',
  HELM_CONSENT_NEEDED:
    'Allow the program: in the settings of the window, at the prompt in a terminal, or with --trust-exec FILE. Or set "helm" to "bundled" in the settings.',
  HELM_UNPROTECTED:
    'Take the write permission of others from the named file and the folders above it, or set "helm" to "bundled" in the settings.',
  HELM_UNVERIFIED: 'Install Hangar again: the helm program was modified or replaced.',
  HELM_FAILED: 'Fix the cause that helm reported, then resume. Hangar leaves the release as it is.',
  CHART_CHANGED: 'Find out why it changed. To accept it, put its digest into the profile, or name another version.',
  PREFLIGHT_FAILED: 'Fix the failed checks, then run the preflight again.',
  PLAN_STALE: 'The cluster or the values changed since the plan was shown. Review the new plan.',
  PLAN_FILE_INVALID: 'Save the plan again with "hangar plan --save FILE".',
  PLAN_FILE_VERSION: 'Another version of Hangar saved the file. Save the plan again with this one.',
  PLAN_FILE_CHANGED:
    'Only the Hangar that saved a plan can apply it, and only unchanged. Find out who changed the file, or save the plan again here.',
  PLAN_PLANE_OTHER: 'Choose the plane that the plan was saved for, or save a plan of this one.',
  PLAN_CLUSTER_OTHER:
    'Choose a context of the cluster that the plan was saved for: with --kubeconfig, or with "hangar set-context".',
  PLAN_PROFILE_CHANGED: 'Review what changed in the profile, then save and review a new plan.',
  PLAN_CHART_CHANGED: 'Find out why the chart changed, then save and review a new plan.',
  KIT_INVALID: 'Get the kit again from where it was built; "hangar kit build" writes nothing of this kind.',
  KIT_TRUNCATED: 'Copy the file again: its end is missing.',
  KIT_CHANGED: 'Do not use this file. Find out who changed it, and get the kit again from where it was built.',
  KIT_SIGNATURE_INVALID: 'Do not use this file. Get the kit again from where it was built.',
  KIT_KEY_OTHER: 'Name the public key of the team that built the kit, or ask that team for a kit signed with this key.',
  KIT_KEY_INVALID: 'Name a key file that "hangar kit key" or "minisign -G" made, and the passphrase it was made with.',
  KIT_TOO_LARGE: 'Choose fewer platforms with --platform, or build a kit for each part of the plane.',
  KIT_IMAGE_FIXED:
    'Ask the vendor for a chart value that sets the image, or set the named image by the values of the release.',
  REGISTRY_UNREACHABLE: 'Check the address, the proxy and the certificate authority (--ca FILE) of the registry.',
  REGISTRY_DENIED: 'Name a file with the logins of the registry: --registry-config FILE.',
  REGISTRY_REFUSED: 'Fix what the registry reports, then run the command again: it continues where it stopped.',
  LOSS_NOT_ACCEPTED:
    'Back up what the message names, then accept each loss: in the review, or with --accept-loss ID for each one.',
  OPERATION_RUNNING: 'Another operation is running on this plane. Wait for it, or cancel it.',
  OPERATION_UNKNOWN: 'Open Activity to list the operations.',
  OPERATION_NOT_RESUMABLE: 'This operation is finished. Start a new one.',
  STEP_REPEATED: 'The last step changed nothing. Check the state of the release before you resume.',
  STEP_TIMED_OUT: 'Fix what the step is waiting on, then resume.',
  RELEASE_FOREIGN: 'Choose another namespace in the profile, or uninstall the release if it is not needed.',
  JOURNAL_DAMAGED: 'Start a new operation: this one cannot be resumed.',
  JOURNAL_UNVERIFIED: 'Forget this record and start a new operation, which observes the cluster first.',
  // logs
  LOG_STORE_LOCKED: 'Unlock the vault. It holds the key of the log store.',
  LOG_STORE_DAMAGED: 'The named partition cannot be decrypted. Other partitions remain readable.',
  LOG_STORE_BUSY: 'Stop the other collection of this plane, in its window or terminal, or read what it stores.',
  LOG_IMPORT_LIMIT: 'Split the file by time and import the parts, or check the times of its lines.',
  LOG_ENGINE_UNAVAILABLE:
    'Check the name and the port of the engine’s service, and that its pods are ready: kubectl get endpoints.',
  LOG_ENGINE_REFUSED: 'Change what the engine names in the evidence, such as its limits, or ask for a shorter time.',
  BLOCK_DAMAGED: 'Other blocks remain readable. Collect this hour again from the cluster.',
  QUERY_INVALID: 'Correct the query at the named position.',
} as const

export type ProblemCode = keyof typeof hints

/** The fields of an error besides code and message. Evidence is redacted; at most 4,096 characters. */
const ProblemData = z.strictObject({ hint: z.string(), evidence: z.string().max(4_096) })

/** A problem as data: in reports, operations and streams. */
export const ProblemReport = z.strictObject({ code: z.string(), message: z.string(), ...ProblemData.shape })
export type ProblemReport = z.infer<typeof ProblemReport>

/** An expected failure; anything else that is thrown is a bug. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly evidence: string
  constructor(code: ProblemCode, message: string, evidence = '', options?: ErrorOptions) {
    super(message, options)
    this.name = 'Problem'
    this.code = code
    this.evidence = evidence.slice(0, 4_096)
  }
  get hint(): string {
    return hints[this.code]
  }
}

/** The end of a call by its caller, for whatever reason. */
export const cancelled = (reason: unknown): Problem =>
  new Problem('CANCELLED', 'The call was cancelled.', '', { cause: reason })

/**
 * An expected failure as a Problem; undefined for a bug. Aborts and time limits, which Node reports as errors of its own, are
 * expected.
 */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error
  if (!(error instanceof Error)) return undefined
  if (error.name === 'TimeoutError') return new Problem('TIMED_OUT', 'It did not finish in time.', '', { cause: error })
  return error.name === 'AbortError' ? cancelled(error) : undefined
}

/** The failure as data, for streams and journals. The message of an unexpected error is left out: it may contain secrets. */
export function reportProblem(error: unknown): ProblemReport {
  const problem = problemOf(error)
  if (problem !== undefined) {
    return { code: problem.code, message: problem.message, hint: problem.hint, evidence: problem.evidence }
  }
  const kind = error instanceof Error ? error.name : typeof error
  return { code: 'INTERNAL', message: 'Something unexpected went wrong.', hint: hints.INTERNAL, evidence: kind }
}

type ProblemErrors = { [Code in ProblemCode]: { data: typeof ProblemData } }
const problemErrors = Object.fromEntries(
  Object.keys(hints).map((code) => [code, { data: ProblemData }]),
) as ProblemErrors // fromEntries forgets its keys

/** The base of every procedure of the contract: each can fail with every typed error. */
export const procedure = oc.errors(problemErrors)
