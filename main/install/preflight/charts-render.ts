import { Problem } from '../../../preload/contract/problem.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import { type Check, pass } from './check.ts'

const chartsAtOnce = 4
const hint = "Correct the settings, the values or the chart. The evidence has helm's output."

export const chartsRender: Check = {
  id: 'charts.render',
  title: 'Chart rendering',
  strict: true,
  limitMs: 30_000,
  async run(facts, signal) {
    const [helm, discovery] = await Promise.all([facts.helm(), facts.discovery()])
    try {
      const desired = await facts.desired()
      // One chart at a time, so that the errors of all of them are reported together.
      const renderings = await inParallel(desired.releases, chartsAtOnce, async (release) => {
        try {
          const rendered = await facts.tools.render(helm, { ...desired, releases: [release] }, discovery, signal)
          return { line: `${release.name}: ${rendered.get(release.name)?.length ?? 0} objects` }
        } catch (error) {
          if (error instanceof Problem && error.code === 'HELM_FAILED')
            return { line: `${release.name}: ${error.evidence}`, error }
          throw error
        }
      })
      const errors = renderings.flatMap(({ error }) => error ?? [])
      const evidence = renderings.map(({ line }) => line).join('\n')
      if (errors.length === 0) return pass(`${renderings.length} charts rendered.`, evidence)
      return { verdict: 'fail', message: errors.map(({ message }) => message).join(' '), hint, evidence }
    } catch (error) {
      // A chart could not be fetched.
      if (!(error instanceof Problem) || !/^(HELM_FAILED|FILE_\w+)$/.test(error.code)) throw error
      return { verdict: 'fail', message: error.message, hint, evidence: error.evidence }
    }
  },
}
