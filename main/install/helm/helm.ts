import { writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { Problem } from '../../../preload/contract/problem.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { makePrivateFolder, openTemporary } from '../../lib/files.ts'
import type { ClusterConnection } from '../../lib/kubernetes/client.ts'
import { programKubeconfig } from '../../lib/kubernetes/single-context.ts'
import { cleanEnvironment, type ProgramResult, runProgram } from '../../lib/process.ts'
import type { ProcessId } from '../../lib/process-id.ts'
import { possibleSecrets, redactTexts } from '../redact-values.ts'
import type { HelmProgram } from './helm-program.ts'

/** What a command that changes the cluster needs besides its arguments. */
interface HelmChange {
  readonly connection: ClusterConnection
  readonly timeoutSeconds: number
  /** Called and awaited before helm can change anything. */
  readonly started: (id: ProcessId) => Promise<void>
}

/** Runs the helm program with its own home folders, so that the user's plugins, repositories and credentials have no effect. */
export interface Helm {
  readonly program: HelmProgram
  /** Renders without access to the cluster. The manifest may contain secrets, so it stays in memory. */
  template(
    release: { readonly name: string; readonly namespace: string; readonly file: string; readonly values: JsonObject },
    cluster: { readonly version: string; readonly apiVersions: readonly string[] },
    signal: AbortSignal,
  ): Promise<string>
  /** Output of a subcommand that does not access a cluster. Throws HELM_FAILED. */
  local(args: readonly string[], signal: AbortSignal): Promise<string>
  /** A subcommand that downloads. A redirect to plain HTTP fails. Throws HELM_FAILED. */
  download(args: readonly string[], signal: AbortSignal): Promise<void>
  /** install or upgrade. Throws HELM_FAILED, STEP_TIMED_OUT. */
  apply(args: readonly string[], values: JsonObject, change: HelmChange, signal: AbortSignal): Promise<void>
  /** uninstall or rollback. Throws HELM_FAILED, STEP_TIMED_OUT. */
  undo(args: readonly string[], change: HelmChange, signal: AbortSignal): Promise<void>
}

/** Rendering and packing take seconds. A template that does not end is stopped by this limit. */
const localLimitMs = 60_000
const downloadLimitMs = 120_000
/** The largest public charts need a third of it. Go returns memory before it reaches the soft limit. */
const memoryLimitBytes = 1_073_741_824
const softMemoryLimit = '768MiB'
/** Helm applies its timeout to each object that it waits for; this limits the whole command. */
const extraTimeMs = 60_000
/** The time that helm needs to record a release as failed. */
const graceMs = 15_000
const manifestLimitBytes = 32 * 1_048_576

export function createHelm(program: HelmProgram, home: string): Helm {
  const homes = join(home, 'helm')
  const homeVariables = {
    HELM_NO_PLUGINS: '1',
    GOMEMLIMIT: softMemoryLimit,
    HELM_CONFIG_HOME: join(homes, 'config'),
    HELM_CACHE_HOME: join(homes, 'cache'),
    HELM_DATA_HOME: join(homes, 'data'),
    HELM_REGISTRY_CONFIG: join(homes, 'config', 'registry.json'),
    HELM_REPOSITORY_CONFIG: join(homes, 'config', 'repositories.yaml'),
    HELM_REPOSITORY_CACHE: join(homes, 'cache', 'repository'),
    HELM_CONTENT_CACHE: join(homes, 'cache', 'content'),
  }
  const environmentOf = (more: Readonly<Record<string, string>> = {}) =>
    cleanEnvironment(process.env, { ...more, ...homeVariables })

  /** The variables by which helm, and a credential program that helm starts, reach the cluster. */
  const clusterVariables = async (connection: ClusterConnection, folder: string): Promise<Record<string, string>> => {
    const { text, variables } = await programKubeconfig(connection)
    const file = join(folder, 'kubeconfig')
    if (text !== undefined) await writeFile(file, text, { mode: 0o600 })
    return { ...variables, KUBECONFIG: text === undefined ? connection.files.join(delimiter) : file }
  }

  async function change(
    args: readonly string[],
    values: JsonObject | undefined,
    { connection, timeoutSeconds, started }: HelmChange,
    signal: AbortSignal,
  ): Promise<void> {
    await makePrivateFolder(homes)
    const gate = await openTemporary(join(home, 'tmp'))
    // Helm reads stdin to its end and then this file, which exists only once all values are in the pipe. If Hangar
    // is killed before that, helm fails instead of continuing with incomplete values.
    const complete = join(gate.path, 'complete.yaml')
    const valueArgs = values === undefined ? [] : ['--values', '-', '--values', complete]
    const contextArgs = ['--kube-context', connection.contextName, '--color', 'never']
    try {
      const variables = await clusterVariables(connection, gate.path)
      await program.recheck()
      const result = await runProgram(
        program.path,
        [...args, '--timeout', `${timeoutSeconds}s`, ...valueArgs, ...contextArgs],
        {
          environment: environmentOf({ ...connection.environment, ...variables }),
          input: values && JSON.stringify(values),
          started,
          inputWritten: () => writeFile(complete, '{}\n', { mode: 0o600 }),
          timeoutMs: timeoutSeconds * 1_000 + extraTimeMs,
          memoryLimitBytes,
          graceMs,
        },
        signal,
      )
      if (result.code !== 0) throw failureOf(args, result, values ?? {})
    } finally {
      await gate.remove()
    }
  }

  async function local(
    args: readonly string[],
    signal: AbortSignal,
    values?: JsonObject,
    { environment = environmentOf(), timeoutMs = localLimitMs } = {},
  ): Promise<string> {
    await makePrivateFolder(homes)
    const limits = { environment, timeoutMs, memoryLimitBytes, keptBytes: manifestLimitBytes }
    await program.recheck()
    const run = runProgram(program.path, args, { ...limits, input: values && JSON.stringify(values) }, signal)
    const result = await run.catch((error: unknown) => {
      if (!(error instanceof Problem) || error.code !== 'TIMED_OUT') throw error
      const problem = `${commandOf(args)} did not finish within ${timeoutMs / 1_000} s and was ended.`
      throw new Problem('HELM_FAILED', problem, error.evidence, { cause: error })
    })
    if (result.code !== 0) throw failureOf(args, result, values ?? {})
    if (result.truncated)
      throw new Problem('HELM_FAILED', `helm ${args[0]} wrote more than ${manifestLimitBytes / 1_048_576} MiB.`)
    return result.stdout
  }

  return {
    program,
    local: (args, signal) => local(args, signal),
    async download(args, signal) {
      const limits = { environment: withoutPlainHttp(environmentOf()), timeoutMs: downloadLimitMs }
      await local(args, signal, undefined, limits)
    },
    template({ name, namespace, file, values }, { version, apiVersions }, signal) {
      const capabilities = ['--kube-version', version, ...apiVersions.flatMap((api) => ['--api-versions', api])]
      const args = ['template', name, file, '--namespace', namespace, '--include-crds', '--skip-tests', '--values', '-']
      return local([...args, ...capabilities], signal, values)
    },
    apply: (args, values, options, signal) => change(args, values, options, signal),
    undo: (args, options, signal) => change(args, undefined, options, signal),
  }
}

/** Nothing can listen on port 0, so that a request by plain HTTP fails, also after a redirect. */
const deadProxy = 'http://127.0.0.1:0'

/**
 * Sends plain HTTP to a proxy that does not exist; Go reads HTTP_PROXY for it (golang.org/x/net/http/httpproxy). Exceptions
 * from the proxy are kept only where HTTPS needs them. Go never uses a proxy for the loopback address. Pure.
 */
export function withoutPlainHttp(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const hasProxy = Object.entries(environment).some(([name, value]) => /^https_proxy$/i.test(name) && value !== '')
  const dropped = hasProxy ? /^http_proxy$/i : /^(http|no)_proxy$/i
  const kept = Object.entries(environment).filter(([name]) => !dropped.test(name))
  return { ...Object.fromEntries(kept), HTTP_PROXY: deadProxy }
}

const commandOf = (args: readonly string[]): string => `helm ${args[0]} ${args[1] ?? ''}`.trim()

const timeoutPattern = /context deadline exceeded|timed out waiting|client rate limiter Wait returned an error/

/** Lines that do not explain the error. */
const noise = /^(Use --debug flag|WARNING:|level=|$)/

/** A Problem from helm's output, with the user's values redacted. */
function failureOf(
  args: readonly string[],
  { stderr, code, signal, exceededMemory }: ProgramResult,
  values: JsonObject,
): Problem {
  const output = redactTexts(stderr, possibleSecrets(values))
    .replaceAll(/^Error: /gm, '')
    .trim()
  const command = commandOf(args)
  if (exceededMemory) {
    const limit = `${memoryLimitBytes / 1_048_576} MiB`
    return new Problem('HELM_FAILED', `${command} needed more than ${limit} of memory and was ended.`, output)
  }
  if (timeoutPattern.test(output)) return new Problem('STEP_TIMED_OUT', `${command} timed out.`, output)
  const line = output.split('\n').find((each) => !noise.test(each.trim())) ?? ''
  // An error of a template begins with its position, which the evidence has.
  const explanation = line.replace(/^execution error at \([^)]*\): /, '').slice(0, 500)
  const ending = signal ? `was ended by ${signal}` : `failed (exit code ${code})`
  return new Problem('HELM_FAILED', `${command} ${ending}${explanation === '' ? '.' : `: ${explanation}`}`, output)
}
