import { writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { Problem } from '../../../preload/contract/problem.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { makePrivateFolder, openTemporary } from '../../lib/files.ts'
import type { ClusterConnection } from '../../lib/kubernetes/client.ts'
import { isSound, singleContext } from '../../lib/kubernetes/single-context.ts'
import { cleanEnvironment, type ProgramResult, runProgram } from '../../lib/process.ts'
import type { ProcessId } from '../../lib/process-id.ts'
import { hide, textsToHide } from '../plan/values.ts'
import type { HelmProgram } from './helm-program.ts'

/** What a change of the cluster needs to know besides its arguments. */
interface HelmChange {
  readonly connection: ClusterConnection
  readonly timeoutSeconds: number
  /** Told, and awaited, before helm can have done anything. */
  readonly started: (id: ProcessId) => Promise<void>
}

/** Helm, driven as a program with homes of its own: no plugin, repository or credential of the person's changes what it does. */
export interface Helm {
  readonly program: HelmProgram
  /** Rendered on this computer alone; the manifest may hold anything, so it stays in memory. */
  template(
    release: { readonly name: string; readonly namespace: string; readonly file: string; readonly values: JsonObject },
    cluster: { readonly version: string; readonly apiVersions: readonly string[] },
    signal: AbortSignal,
  ): Promise<string>
  /** Runs a subcommand that touches no cluster, and gives its output. Throws HELM_FAILED. */
  local(args: readonly string[], signal: AbortSignal): Promise<string>
  /** install or upgrade. Helm begins only once `started` has returned. Throws HELM_FAILED, STEP_TIMED_OUT. */
  apply(args: readonly string[], values: JsonObject, change: HelmChange, signal: AbortSignal): Promise<void>
  /** uninstall or rollback. */
  undo(args: readonly string[], change: HelmChange, signal: AbortSignal): Promise<void>
}

const localLimitMs = 120_000
/** Helm's own time-out is for each thing that it waits for; ours is for all of it. */
const overtimeMs = 60_000
/** Helm needs this long to record a release as failed. */
const graceMs = 15_000
const manifestLimitBytes = 32 * 1_048_576

export function createHelm(program: HelmProgram, home: string): Helm {
  const homes = join(home, 'helm')
  const own = {
    HELM_NO_PLUGINS: '1',
    HELM_CONFIG_HOME: join(homes, 'config'),
    HELM_CACHE_HOME: join(homes, 'cache'),
    HELM_DATA_HOME: join(homes, 'data'),
    HELM_REGISTRY_CONFIG: join(homes, 'config', 'registry.json'),
    HELM_REPOSITORY_CONFIG: join(homes, 'config', 'repositories.yaml'),
    HELM_REPOSITORY_CACHE: join(homes, 'cache', 'repository'),
    HELM_CONTENT_CACHE: join(homes, 'cache', 'content'),
  }
  const environmentOf = (more: Readonly<Record<string, string>> = {}) =>
    cleanEnvironment(process.env, { ...more, ...own })

  /** The person's own files; where an entry in them would make helm refuse the whole, its one context in a private file. */
  const kubeconfigFor = async (connection: ClusterConnection, folder: string): Promise<string> => {
    if (await isSound(connection)) return connection.files.join(delimiter)
    const file = join(folder, 'kubeconfig')
    await writeFile(file, await singleContext(connection), { mode: 0o600 })
    return file
  }

  async function change(
    args: readonly string[],
    values: JsonObject | undefined,
    { connection, timeoutSeconds, started }: HelmChange,
    signal: AbortSignal,
  ): Promise<void> {
    await makePrivateFolder(homes)
    const gate = await openTemporary(join(home, 'tmp'))
    // Helm reads the values to the end of its input and then this file, which is there only once all values are in
    // the pipe: if we die before that, helm ends without having done anything, instead of going on with half of them.
    const complete = join(gate.path, 'complete.yaml')
    const given = values === undefined ? [] : ['--values', '-', '--values', complete]
    const target = ['--kube-context', connection.contextName, '--color', 'never']
    try {
      const KUBECONFIG = await kubeconfigFor(connection, gate.path)
      const result = await runProgram(
        program.path,
        [...args, '--timeout', `${timeoutSeconds}s`, ...given, ...target],
        {
          environment: environmentOf({ ...connection.environment, KUBECONFIG }),
          input: values && JSON.stringify(values),
          started,
          inputWritten: () => writeFile(complete, '{}\n', { mode: 0o600 }),
          timeoutMs: timeoutSeconds * 1_000 + overtimeMs,
          graceMs,
        },
        signal,
      )
      if (result.code !== 0) throw failureOf(args, result, values ?? {})
    } finally {
      await gate.remove()
    }
  }

  async function local(args: readonly string[], signal: AbortSignal, values?: JsonObject): Promise<string> {
    await makePrivateFolder(homes)
    const result = await runProgram(
      program.path,
      args,
      {
        environment: environmentOf(),
        input: values && JSON.stringify(values),
        timeoutMs: localLimitMs,
        keptBytes: manifestLimitBytes,
      },
      signal,
    )
    if (result.code !== 0) throw failureOf(args, result, values ?? {})
    if (result.truncated) throw new Problem('HELM_FAILED', `helm ${args[0]} wrote more than Hangar takes.`)
    return result.stdout
  }

  return {
    program,
    local: (args, signal) => local(args, signal),
    template({ name, namespace, file, values }, { version, apiVersions }, signal) {
      const capabilities = ['--kube-version', version, ...apiVersions.flatMap((api) => ['--api-versions', api])]
      const args = ['template', name, file, '--namespace', namespace, '--include-crds', '--skip-tests', '--values', '-']
      return local([...args, ...capabilities], signal, values)
    },
    apply: (args, values, facts, signal) => change(args, values, facts, signal),
    undo: (args, facts, signal) => change(args, undefined, facts, signal),
  }
}

const outOfTime = /context deadline exceeded|timed out waiting|client rate limiter Wait returned an error/

/** Lines of helm that say nothing of the matter. */
const chatter = /^(Use --debug flag|WARNING:|level=|$)/

/** What helm said, without what the person's values say. */
function failureOf(args: readonly string[], { stderr, code, signal }: ProgramResult, values: JsonObject): Problem {
  const said = hide(stderr, textsToHide(values))
    .replaceAll(/^Error: /gm, '')
    .trim()
  const line = said.split('\n').find((each) => !chatter.test(each.trim())) ?? ''
  const act = `helm ${args[0]} ${args[1] ?? ''}`.trim()
  const ending = signal ? `was ended by ${signal}` : `failed (exit code ${code})`
  if (outOfTime.test(said)) return new Problem('STEP_TIMED_OUT', `${act}: time ran out.`, said)
  // A template says where it stands before it says what is the matter.
  const matter = line.replace(/^execution error at \([^)]*\): /, '').slice(0, 500)
  return new Problem('HELM_FAILED', `${act} ${ending}${matter === '' ? '.' : `: ${matter}`}`, said)
}
