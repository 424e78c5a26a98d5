import type { ClusterConnection } from './client.ts'
import { demandsOf, refuseWithoutConsent } from './consent.ts'
import { inheritedVariables } from './exec-plugin.ts'
import { isProtected } from './find-program.ts'
import { type Kubeconfig, readKubeconfig, usableContext } from './kubeconfig.ts'
import type { ClusterEntry, UserEntry } from './kubeconfig-entries.ts'
import { readTexts } from './open.ts'

/** What a program such as helm gets to reach a cluster. */
export interface ProgramKubeconfig {
  /**
   * A kubeconfig (JSON, which is YAML) of the one context, its paths absolute. It contains the secrets of the original:
   * write it to a 0600 file in a 0700 folder and remove it. Undefined: the program can read the user's files.
   */
  readonly text?: string
  /** Variables that the context's credential program needs, by name. */
  readonly variables: Readonly<Record<string, string>>
}

/**
 * The user's own files where the program can read them, so that no copy of what they hold is written anywhere: only if
 * nobody else can change them before the program reads them. Otherwise a
 * kubeconfig of the one context: a program such as helm refuses a whole file for one malformed entry, and would run
 * whatever credential program the files name by then, also one that the user has not allowed.
 * Throws CONTEXT_UNKNOWN, KUBECONFIG_INVALID, KUBECONFIG_UNREADABLE or CONSENT_NEEDED.
 */
export async function programKubeconfig({
  files,
  contextName,
  environment,
  permit,
}: ClusterConnection): Promise<ProgramKubeconfig> {
  const texts = await readTexts(files)
  const kubeconfig = readKubeconfig(texts)
  const context = usableContext(kubeconfig, contextName)
  const { cluster, user } = context
  const all = { ...process.env, ...environment }
  const { program, demands } = await demandsOf(user, cluster, all)
  refuseWithoutConsent(contextName, demands, permit)
  const { exec } = user
  const variables = exec === undefined ? {} : inheritedVariables(exec.command, all, permit?.variables ?? [])
  if (exec === undefined && isSound(kubeconfig) && (await areProtected(files))) return { variables }
  return { text: singleContext(context, program?.path), variables }
}

/** A kubeconfig of one context, with the path of its credential program where it was found. */
export function singleContext(
  { name, cluster, user, namespace }: ReturnType<typeof usableContext>,
  program?: string,
): string {
  const text = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: writeCluster(cluster) }],
    users: [{ name, user: writeUser(user, program) }],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
  })
  // Characters that JSON leaves as they are, and YAML 1.1 refuses, folds or skips.
  return text.replaceAll(/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** Whether client-go takes these files as they are: it refuses a whole file for one entry that it cannot read. */
export const isSound = ({ contexts, sound }: Kubeconfig): boolean =>
  sound && contexts.every(({ fault }) => fault === undefined)

/** A missing file is skipped by everyone who reads it. */
const areProtected = async (files: readonly string[]): Promise<boolean> => {
  const found = await Promise.all(files.map((file) => isProtected({ path: file }).catch(() => true)))
  return found.every(Boolean)
}

const encode = (text: string | undefined): string | undefined => text && Buffer.from(text).toString('base64')

const writeCluster = (cluster: ClusterEntry) => ({
  server: cluster.server,
  'certificate-authority': cluster.authorityFile,
  'certificate-authority-data': encode(cluster.authority),
  'insecure-skip-tls-verify': cluster.insecure || undefined,
  'tls-server-name': cluster.serverName,
  'proxy-url': cluster.proxyUrl,
  'disable-compression': cluster.uncompressed || undefined,
})

const writeUser = ({ exec, provider, impersonate, ...user }: UserEntry, program: string | undefined) => ({
  token: user.token,
  tokenFile: user.tokenFile,
  'client-certificate': user.certificateFile,
  'client-certificate-data': encode(user.certificate),
  'client-key': user.keyFile,
  'client-key-data': encode(user.key),
  username: user.username,
  password: user.password,
  'auth-provider': provider,
  as: impersonate?.user,
  'as-uid': impersonate?.uid,
  'as-groups': impersonate?.groups,
  'as-user-extra': impersonate?.extra,
  exec: exec && {
    apiVersion: exec.apiVersion,
    command: program ?? exec.command,
    args: exec.args,
    env: exec.environment,
    installHint: exec.installHint,
    provideClusterInfo: exec.provideClusterInfo,
    interactiveMode: exec.interactiveMode ?? 'IfAvailable',
  },
})
