import { Problem } from '../../../preload/contract/problem.ts'
import { textAt } from '../observe/kubernetes-object.ts'
import { type Check, pass } from './check.ts'

export const apiReach: Check = {
  id: 'api.reach',
  title: 'The API server answers',
  strict: true,
  async look({ client }, signal) {
    const began = performance.now()
    try {
      const about = await client.request<unknown>('GET', '/version', {}, signal)
      const elapsedMs = Math.round(performance.now() - began)
      return pass(
        `${client.server} answered within ${elapsedMs} ms.`,
        `gitVersion ${textAt(about, 'gitVersion') ?? '?'}`,
      )
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return { verdict: 'fail', message: error.message, hint: error.hint, evidence: error.evidence }
    }
  },
}
