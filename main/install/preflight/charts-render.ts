import { Problem } from '../../../preload/contract/problem.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import { type Check, pass } from './check.ts'

const chartsAtOnce = 4

export const chartsRender: Check = {
  id: 'charts.render',
  title: 'The charts take these values',
  strict: true,
  limitMs: 30_000,
  async look(facts, signal) {
    const [helm, discovery] = await Promise.all([facts.helm(), facts.discovery()])
    const hint = 'Correct the settings or values, or the chart; what helm said is in the evidence.'
    try {
      const wanted = await facts.wanted()
      // Each by itself, so that all that is wrong is said at once.
      const answers = await inParallel(wanted.releases, chartsAtOnce, async (release) => {
        try {
          const rendered = await facts.tools.render(helm, { ...wanted, releases: [release] }, discovery, signal)
          return { said: `${release.name}: ${rendered.get(release.name)?.length ?? 0} objects` }
        } catch (error) {
          if (error instanceof Problem && error.code === 'HELM_FAILED')
            return { said: `${release.name}: ${error.evidence}`, error }
          throw error
        }
      })
      const failed = answers.flatMap(({ error }) => error ?? [])
      const evidence = answers.map(({ said }) => said).join('\n')
      if (failed.length === 0) return pass(`${answers.length} charts rendered.`, evidence)
      return { verdict: 'fail', message: failed.map(({ message }) => message).join(' '), hint, evidence }
    } catch (error) {
      // A chart that cannot even be had.
      if (!(error instanceof Problem) || !/^(HELM_FAILED|FILE_\w+)$/.test(error.code)) throw error
      return { verdict: 'fail', message: error.message, hint, evidence: error.evidence }
    }
  },
}
