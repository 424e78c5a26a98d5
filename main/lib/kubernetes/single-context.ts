import type { ClusterConnection } from './client.ts'
import { readKubeconfig, usableContext } from './kubeconfig.ts'
import type { ClusterEntry, UserEntry } from './kubeconfig-entries.ts'
import { hasExpectedTypes } from './kubeconfig-text.ts'
import { readFiles, readTexts } from './open.ts'

/**
 * Whether a stricter reader, such as helm, takes these files as they are: every entry can be read and has the expected types.
 * No copy of what they hold is then written anywhere.
 */
export async function isSound({ files }: ClusterConnection): Promise<boolean> {
  const texts = await readTexts(files)
  const { contexts, sound } = readKubeconfig(texts)
  return (
    sound && contexts.every(({ fault }) => fault === undefined) && texts.every(({ text }) => hasExpectedTypes(text))
  )
}

/**
 * A kubeconfig (JSON, which is YAML) of this one context, its paths absolute: for a program such as helm, which
 * refuses a whole file for one malformed entry. It contains the secrets of the original: write it to a
 * 0600 file in a 0700 folder and remove it. Throws CONTEXT_UNKNOWN, KUBECONFIG_INVALID or KUBECONFIG_UNREADABLE.
 */
export async function singleContext({ files, contextName }: ClusterConnection): Promise<string> {
  const { cluster, user, namespace } = usableContext(await readFiles(files), contextName)
  const context = { cluster: contextName, user: contextName, namespace }
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contextName,
    clusters: [{ name: contextName, cluster: writeCluster(cluster) }],
    users: [{ name: contextName, user: writeUser(user) }],
    contexts: [{ name: contextName, context }],
  })
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

const writeUser = ({ exec, provider, impersonate, ...user }: UserEntry) => ({
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
    command: exec.command,
    args: exec.args,
    env: exec.environment,
    installHint: exec.installHint,
    provideClusterInfo: exec.provideClusterInfo,
    interactiveMode: exec.interactiveMode ?? 'IfAvailable',
  },
})
