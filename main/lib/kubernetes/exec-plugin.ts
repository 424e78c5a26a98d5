import { spawn } from 'node:child_process'
import { z } from 'zod'
import { Problem } from '../../../preload/contract/problem.ts'
import { redactStrictly } from '../rules/redaction.ts'
import type { ClusterEntry, ExecPlugin } from './kubeconfig-entries.ts'

/** The output of a credential program. https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
const ExecCredential = z.object({
  kind: z.literal('ExecCredential'),
  status: z.object({
    expirationTimestamp: z.string().optional(),
    token: z.string().optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
  }),
})

export interface PluginCredential {
  readonly token?: string
  readonly certificate?: string
  readonly key?: string
  /** Milliseconds since the epoch; absent: valid until the API server refuses it. */
  readonly expiresAt?: number
}

/** The user may have to sign in with a browser first. */
const pluginLimitMs = 60_000
const outputLimitBytes = 1024 * 1024
const tailLimit = 2_000

/**
 * Runs a credential program with this environment. Its stdout is a secret and is not passed on;
 * the end of its stderr, redacted, is the evidence of a failure. Throws CREDENTIAL_PLUGIN_FAILED, TIMED_OUT, or the abort reason.
 */
export async function runPlugin(
  plugin: ExecPlugin,
  cluster: ClusterEntry,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<PluginCredential> {
  if (plugin.interactiveMode === 'Always') {
    const message = `${plugin.command} prompts for input, but Hangar has no terminal for it.`
    throw new Problem('CREDENTIAL_PLUGIN_FAILED', message, plugin.installHint ?? '')
  }
  const limit = AbortSignal.timeout(pluginLimitMs)
  const output = await collect(plugin, environmentOf(plugin, cluster, environment), AbortSignal.any([signal, limit]))
  signal.throwIfAborted()
  if (limit.aborted) {
    throw new Problem('TIMED_OUT', `${plugin.command} did not finish within ${pluginLimitMs / 1_000} s.`, output.errors)
  }
  if (output.missing) {
    const message = `The credential program "${plugin.command}" was not found on the PATH.`
    throw new Problem('CREDENTIAL_PLUGIN_FAILED', message, plugin.installHint ?? '')
  }
  if (output.exitCode !== 0) {
    const message = `The credential program "${plugin.command}" failed (${output.exitCode}).`
    throw new Problem('CREDENTIAL_PLUGIN_FAILED', message, output.errors)
  }
  return readCredential(plugin.command, output.text)
}

function environmentOf(
  plugin: ExecPlugin,
  cluster: ClusterEntry,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const info = {
    kind: 'ExecCredential',
    apiVersion: plugin.apiVersion,
    spec: { interactive: false, ...(plugin.provideClusterInfo ? { cluster: describe(cluster) } : {}) },
  }
  const pluginVariables = Object.fromEntries(plugin.environment.map(({ name, value }) => [name, value]))
  return { ...environment, ...pluginVariables, KUBERNETES_EXEC_INFO: JSON.stringify(info) }
}

const describe = (cluster: ClusterEntry) => ({
  server: cluster.server,
  'tls-server-name': cluster.serverName,
  'insecure-skip-tls-verify': cluster.insecure || undefined,
  'certificate-authority-data': cluster.authority && Buffer.from(cluster.authority).toString('base64'),
  'proxy-url': cluster.proxyUrl,
})

interface Output {
  readonly text: string
  readonly errors: string
  readonly exitCode: number | string
  readonly missing: boolean
}

function collect(
  plugin: ExecPlugin,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Output> {
  return new Promise((resolve) => {
    const child = spawn(plugin.command, plugin.args, {
      env,
      signal,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    })
    const chunks: Buffer[] = []
    let size = 0
    let tail = ''
    let failed = ''
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= outputLimitBytes) chunks.push(chunk)
      else child.kill('SIGKILL')
    })
    child.stderr.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString('utf8')).slice(-tailLimit)
    })
    const end = (exitCode: number | string) =>
      resolve({
        text: Buffer.concat(chunks).toString('utf8'),
        errors: redactStrictly(tail.trim()),
        exitCode,
        missing: failed === 'ENOENT',
      })
    child.on('error', (error) => {
      failed = String(Reflect.get(error, 'code') ?? error.name)
      // A process that never started emits no 'close'; a killed one may have left its pipes to a child.
      if (child.pid === undefined || signal.aborted) end(failed)
    })
    child.on('close', (code, killedBy) => end(code ?? killedBy ?? failed))
  })
}

function readCredential(command: string, text: string): PluginCredential {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new Problem('CREDENTIAL_PLUGIN_FAILED', `The output of "${command}" is not JSON.`)
  }
  const read = ExecCredential.safeParse(parsed)
  const status = read.data?.status
  if (status === undefined || (status.token === undefined && status.clientCertificateData === undefined)) {
    throw new Problem(
      'CREDENTIAL_PLUGIN_FAILED',
      `The output of "${command}" is not an ExecCredential with a credential.`,
    )
  }
  const expiresAt = Date.parse(status.expirationTimestamp ?? '')
  return {
    token: status.token,
    certificate: status.clientCertificateData,
    key: status.clientKeyData,
    ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
  }
}
