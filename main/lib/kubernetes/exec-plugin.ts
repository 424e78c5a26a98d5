import { spawn } from 'node:child_process'
import { z } from 'zod'
import { Problem } from '../../../preload/contract/problem.ts'
import { cleanEnvironment } from '../process.ts'
import { redactStrictly } from '../rules/redaction.ts'
import type { FoundProgram } from './find-program.ts'
import { knownProgram } from './known-programs.ts'
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

/** The program behind a plugin, and what it inherits. */
export interface PluginProgram {
  /** Undefined: it was not found. */
  readonly program?: FoundProgram
  /** The variables of this computer, of which the program gets those that it needs. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Names of variables that the user has selected for it. */
  readonly variables: readonly string[]
}

/**
 * Runs a credential program that the user has allowed. Its stdout is a secret and is not passed on;
 * the end of its stderr, redacted, is the evidence of a failure. Throws CREDENTIAL_PLUGIN_FAILED, TIMED_OUT, or the abort reason.
 */
export async function runPlugin(
  plugin: ExecPlugin,
  cluster: ClusterEntry,
  { program, environment, variables }: PluginProgram,
  signal: AbortSignal,
): Promise<PluginCredential> {
  if (plugin.interactiveMode === 'Always') {
    const message = `${plugin.command} prompts for input, but Hangar has no terminal for it.`
    throw new Problem('CREDENTIAL_PLUGIN_FAILED', message, plugin.installHint ?? '')
  }
  if (program === undefined) {
    const message = `The credential program "${plugin.command}" was not found on the PATH.`
    throw new Problem('CREDENTIAL_PLUGIN_FAILED', message, plugin.installHint ?? '')
  }
  const limit = AbortSignal.timeout(pluginLimitMs)
  const env = {
    ...inheritedVariables(plugin.command, environment, variables),
    ...Object.fromEntries(plugin.environment.map(({ name, value }) => [name, value])),
    KUBERNETES_EXEC_INFO: JSON.stringify(executionInfo(plugin, cluster)),
  }
  const output = await collect({ path: program.path, args: plugin.args, env }, AbortSignal.any([signal, limit]))
  signal.throwIfAborted()
  if (limit.aborted) {
    throw new Problem('TIMED_OUT', `${plugin.command} did not finish within ${pluginLimitMs / 1_000} s.`, output.errors)
  }
  if (output.exitCode !== 0) {
    const message = `The credential program "${plugin.command}" failed (${output.exitCode}).`
    throw new Problem('CREDENTIAL_PLUGIN_FAILED', message, output.errors)
  }
  return readCredential(plugin.command, output.text)
}

/** What a credential program gets of this computer's variables: by allow-list, and what the user has selected. */
export function inheritedVariables(
  command: string,
  environment: Readonly<Record<string, string | undefined>>,
  selected: readonly string[],
): Record<string, string> {
  const names = [...(knownProgram(command)?.variables ?? []), ...selected]
  const more = names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]] as const]))
  return cleanEnvironment(environment, Object.fromEntries(more))
}

const executionInfo = (plugin: ExecPlugin, cluster: ClusterEntry) => ({
  kind: 'ExecCredential',
  apiVersion: plugin.apiVersion,
  spec: { interactive: false, ...(plugin.provideClusterInfo ? { cluster: describe(cluster) } : {}) },
})

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
}

function collect(
  { path, args, env }: { path: string; args: readonly string[]; env: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<Output> {
  return new Promise((resolve) => {
    const child = spawn(path, args, {
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
