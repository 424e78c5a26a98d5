import { Problem } from '../../../preload/contract/problem.ts'
import { type Check, pass } from './check.ts'

export const chartsRender: Check = {
  id: 'charts.render',
  title: 'The charts take these values',
  strict: true,
  limitMs: 30_000,
  async look(facts) {
    try {
      const rendered = await facts.rendered()
      const objects = [...rendered].map(([name, found]) => `${name}: ${found.length} objects`)
      return pass(`${rendered.size} charts rendered.`, objects.join('\n'))
    } catch (error) {
      if (!(error instanceof Problem) || !/^(HELM_FAILED|FILE_\w+)$/.test(error.code)) throw error
      const hint = 'Correct the values, or the chart; what helm said is in the evidence.'
      return { verdict: 'fail', message: error.message, hint, evidence: error.evidence }
    }
  },
}
