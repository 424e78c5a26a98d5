import { oc } from '@orpc/contract'
import { z } from 'zod'

/**
 * Every expected failure has a code here, with what a tired operator does next.
 * One line each; grouped by feature. A code, once shipped, keeps its meaning.
 */
export const hints = {
  // any feature
  INPUT_INVALID: 'Correct the named field and try again.',
  FILE_UNREADABLE: 'Check that the file exists and that this user may read it.',
  FILE_INVALID: 'Correct the file at the named line and try again.',
  CANCELLED: 'Nothing more was done. Start again when ready.',
  TIMED_OUT: 'Try again; if it persists, look at what it was waiting on.',
  THREAD_DIED: 'It is started again by itself. If it happens again, report it with the evidence.',
  INTERNAL: 'This is a fault in Hangar. Please report it with the reference in the evidence.',
  // hosts
  USAGE_INVALID: 'Run "hangar --help" for the commands, or "hangar COMMAND --help" for the options of one.',
  PORT_TAKEN: 'Choose another port, or leave --port away for any free one.',
  HOME_UNUSABLE: 'Set HANGAR_HOME to a folder that this user may write to.',
  WINDOW_MISSING: 'Run "npm ci" and "npm run build" in the checkout, or install Hangar again.',
  // profiles and planes
  PROFILE_UNKNOWN: 'Run "hangar profiles" to see the profiles there are.',
  PROFILE_INVALID: 'Correct the field at the named line; "hangar schema profile" prints what is expected.',
  PLANE_UNKNOWN: 'Run "hangar status" or open the list of planes to see those there are.',
  PLANE_EXISTS: 'Choose another name, or open the plane that has it.',
  SETTINGS_INVALID: 'Correct the named setting; the profile says what it expects.',
  // clusters
  CONTEXT_UNKNOWN: 'Run "hangar contexts" to see the contexts there are.',
  KUBECONFIG_UNREADABLE: 'Check the path in KUBECONFIG and the permissions of the file.',
  KUBECONFIG_INVALID: 'Correct the kubeconfig at the named place; the other contexts stay usable.',
  CLUSTER_UNREACHABLE: 'Check the network, the VPN and the proxy between this computer and the API server.',
  CLUSTER_UNTRUSTED: 'The certificate of the API server is not signed by the authority in the kubeconfig.',
  CLUSTER_UNAUTHORIZED: 'Sign in again: the API server does not accept these credentials.',
  CLUSTER_FORBIDDEN: 'Ask whoever administers the cluster for the named permission.',
  CLUSTER_REFUSED: 'Read what the API server said; correct that and try again.',
  CLUSTER_BUSY: 'The API server is starting or overloaded. Try again in a moment.',
  ANSWER_TOO_LARGE: 'Ask for less at once: one namespace, or a narrower selector.',
  KIND_UNKNOWN: 'Install the custom resource definition that brings this kind, then try again.',
  CREDENTIAL_PLUGIN_FAILED: 'Run the named program in a terminal: it must print a credential.',
  // vault
  VAULT_LOCKED: 'Unlock the vault with its passphrase, or start a keychain service.',
  VAULT_PASSPHRASE_WRONG: 'Try the passphrase again. There is no way around it.',
  VAULT_UNAVAILABLE: 'Start a keychain service (libsecret), or set a passphrase for the vault.',
  CREDENTIAL_MISSING: 'Enter the named credential for this plane first.',
  // connectivity
  RUN_UNKNOWN: 'Choose one of the runs that are kept; the oldest make room for new ones.',
  RUN_DAMAGED: 'Choose another run: only this one is lost.',
  PROBE_MISSING: 'Run "npm ci" in the checkout, or install Hangar again.',
  // install
  HELM_MISSING: 'Run "npm run build:helm" in a checkout, or choose a helm of your own in the settings.',
  HELM_UNVERIFIED: 'The helm program is not the one Hangar was built with. Install Hangar again.',
  HELM_FAILED: 'Read what helm said below; the release stays as it is until you decide.',
  PREFLIGHT_FAILED: 'Mend the failed checks, then run the preflight again.',
  PLAN_STALE: 'The cluster or the values changed since the plan was shown. Look at the new plan.',
  OPERATION_RUNNING: 'Another operation works on this plane. Wait for it, or cancel it.',
  OPERATION_UNKNOWN: 'Open Activity to see the operations there are.',
  OPERATION_NOT_RESUMABLE: 'This operation is finished. Start a new one.',
  STEP_REPEATED: 'The last step changed nothing. Read its journal before trying again.',
  STEP_TIMED_OUT: 'See what it is waiting on; mend that, then resume.',
  RELEASE_FOREIGN: 'A release of that name exists and is not of this plane. Choose another namespace or remove it.',
  JOURNAL_DAMAGED: 'The journal ends in the middle of a line. What was recorded before it still holds.',
  // logs
  LOG_STORE_LOCKED: 'Unlock the vault: the key of the log store is in it.',
  LOG_STORE_DAMAGED: 'The named partition cannot be opened with its key. Other partitions stay readable.',
  BLOCK_DAMAGED: 'Other blocks stay readable. Collect this hour again from the cluster.',
  QUERY_INVALID: 'Correct the query at the named place.',
} as const

export type ProblemCode = keyof typeof hints

/** What travels beside code and message. Evidence has its secrets removed; at most 4,096 characters. */
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

/** The same failure as data, for streams and journals. An unexpected error keeps its message out: it may hold anything. */
export function reportProblem(error: unknown): ProblemReport {
  if (error instanceof Problem) {
    return { code: error.code, message: error.message, hint: error.hint, evidence: error.evidence }
  }
  const kind = error instanceof Error ? error.name : typeof error
  return { code: 'INTERNAL', message: 'Something unexpected went wrong.', hint: hints.INTERNAL, evidence: kind }
}

type ProblemErrors = { [Code in ProblemCode]: { data: typeof ProblemData } }
const problemErrors = Object.fromEntries(
  Object.keys(hints).map((code) => [code, { data: ProblemData }]),
) as ProblemErrors // fromEntries forgets its keys

/** Every procedure of the contract starts here, so that every typed error can reach its caller. */
export const procedure = oc.errors(problemErrors)
