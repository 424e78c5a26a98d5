import { Problem } from '../../../preload/contract/problem.ts'
import { textAt } from '../observe/kubernetes-object.ts'
import { type Check, pass } from './check.ts'

export const apiReach: Check = {
  id: 'api.reach',
  title: 'API server connection',
  strict: true,
  async run({ client }, signal) {
    const began = performance.now()
    try {
      const version = await client.request<unknown>('GET', '/version', {}, signal)
      const elapsedMs = Math.round(performance.now() - began)
      return pass(
        `${client.server} responded within ${elapsedMs} ms.`,
        `gitVersion ${textAt(version, 'gitVersion') ?? '?'}`,
      )
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return { verdict: 'fail', message: error.message, hint: error.hint, evidence: error.evidence }
    }
  },
}
