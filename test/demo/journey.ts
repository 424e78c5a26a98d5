import { setTimeout as delay } from 'node:timers/promises'
import { type CommandResult, hangar } from './hangar.ts'
import { type DemoPlane, environmentOf } from './plane.ts'

export interface DemoRun {
  readonly demo: DemoPlane
  /** Hangar's state during the demo. */
  readonly home: string
  readonly passphraseFile: string
  readonly print: (sentence: string) => void
}

/** Long enough for both integrations to log an error with its stack trace. */
const collectFor = '20s'
/** A new plane takes a few seconds until its agent has reported its first heartbeat. */
const healthyWithinMs = 60_000

interface Stage {
  readonly title: string
  /** Resolves with a summary; throws with the reason of a failure. */
  run(): Promise<string>
}

/**
 * The whole journey without a window: preflight, connectivity, install, status, logs; then, where the cluster is the demo's
 * own, the API server is stopped and the logs are searched again. Prints a line for each stage; resolves with 0 when all stages succeeded.
 */
export async function runJourney({ demo, home, passphraseFile, print }: DemoRun, signal: AbortSignal): Promise<number> {
  const environment = environmentOf(demo, home)
  const opened = ['--passphrase-file', passphraseFile]
  const run = (args: readonly string[], onLine?: (line: string) => void): Promise<CommandResult> =>
    hangar(args, environment, signal, onLine)
  const must = async (args: readonly string[], onLine?: (line: string) => void): Promise<string> => {
    const { code, stdout, stderr } = await run(args, onLine)
    if (code !== 0) throw new Error(`"hangar ${args[0]}" ended with ${code}.\n${stdout}${stderr}`)
    return stdout
  }
  const search = async (): Promise<number> => {
    const found = JSON.parse(
      await must(['logs', 'ERROR', '--level', 'error', '--limit', '500', '--output', 'json', ...opened]),
    ) as { records: unknown[] } // our own output
    return found.records.length
  }

  const files = ['--values', demo.valuesFile, '--credentials', demo.credentialsFile]
  const connectivity: Stage = {
    title: 'connectivity',
    run: async () => {
      const { from } = demo
      const vantage = from === undefined ? [] : ['--from', from]
      const report = JSON.parse(
        await must(['check', ...demo.options, ...vantage, '--values', demo.valuesFile, '--output', 'json', ...opened]),
      )
      const verdicts: string[] = report.results.map(({ verdict }: { verdict: string }) => verdict)
      const passed = verdicts.filter((verdict) => verdict === 'pass').length
      const skipped = verdicts.filter((verdict) => verdict === 'skipped').length
      if (passed === 0) throw new Error('No endpoint could be reached.')
      if (from === undefined)
        return `${passed} of ${verdicts.length} endpoints pass, ${skipped} are out of scope for this computer`
      return `${passed} checks from pods pass, ${verdicts.length - passed - skipped} do not`
    },
  }
  const offline = (stopApiServer: () => Promise<void>): readonly Stage[] => [
    {
      title: 'cluster unreachable',
      run: async () => {
        await stopApiServer()
        const { code, stdout } = await run(['status', '--output', 'json'])
        const [{ status }] = JSON.parse(stdout).planes
        if (code !== 1 || status.connection.state !== 'stale')
          throw new Error('The status does not report the cluster as unreachable.')
        return `the last known state is from ${status.asOf}`
      },
    },
    {
      title: 'logs, offline',
      run: async () => {
        const errors = await search()
        if (errors === 0) throw new Error('No error was found without the cluster.')
        return `${errors} errors found without the cluster`
      },
    },
  ]
  const stages: readonly Stage[] = [
    {
      title: 'preflight',
      run: async () => {
        const report = JSON.parse(await must(['preflight', ...demo.options, ...files, '--output', 'json', ...opened]))
        return `${report.results.length} checks, none failed`
      },
    },
    {
      title: 'plan',
      run: async () => {
        // It keeps the plane with its settings and credentials.
        const plan = JSON.parse(await must(['plan', ...demo.options, ...files, '--output', 'json', ...opened]))
        return `${plan.steps.length} steps`
      },
    },
    ...(demo.from === undefined ? [connectivity] : []),
    {
      title: 'install',
      run: async () => {
        await must(['install', ...demo.options, '--yes', ...opened], (line) => print(`    ${line}`))
        return 'all steps done'
      },
    },
    {
      title: 'status',
      run: async () => {
        const untilMs = performance.now() + healthyWithinMs
        for (;;) {
          const { code, stdout } = await run(['status', '--output', 'json'])
          const { planes } = JSON.parse(stdout)
          const components: { health: string; title: string; reason: string }[] = planes[0].status.components
          if (code === 0)
            return `${components.length} components, ${components.filter(({ health }) => health === 'healthy').length} healthy`
          if (performance.now() > untilMs) {
            const wrong = components.filter(({ health }) => health !== 'healthy')
            throw new Error(wrong.map(({ title, health, reason }) => `${title}: ${health}, ${reason}`).join('\n'))
          }
          await delay(1_000, undefined, { signal })
        }
      },
    },
    ...(demo.from === undefined ? [] : [connectivity]),
    {
      title: 'logs',
      run: async () => {
        await must(['logs', '--collect', '--for', collectFor, ...opened])
        const errors = await search()
        if (errors === 0) throw new Error('No error was found in the logs, although the integrations log some.')
        return `${errors} errors found`
      },
    },
    ...(demo.stopApiServer === undefined ? [] : offline(demo.stopApiServer)),
  ]

  for (const { title, run: runStage } of stages) {
    const startedMs = performance.now()
    try {
      const summary = await runStage()
      console.log(`✓ ${title}: ${summary} (${((performance.now() - startedMs) / 1_000).toFixed(1)} s)`)
    } catch (error) {
      if (signal.aborted) throw error
      console.log(`✗ ${title}: ${error instanceof Error ? error.message : String(error)}`)
      return 1
    }
  }
  return 0
}
