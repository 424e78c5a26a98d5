import { Problem } from '../../../preload/contract/problem.ts'
import { type Check, pass } from './check.ts'

export const helmSelf: Check = {
  id: 'helm.self',
  title: 'The helm program',
  strict: true,
  async look(facts) {
    try {
      const { program } = await facts.helm()
      if (program.verified) return pass(`${program.version}, the one Hangar was built with.`, program.path)
      const hint = 'Set "helm" to "bundled" to use the one that Hangar was built with.'
      return { verdict: 'warn', message: `${program.version} from the PATH, unverified.`, hint, evidence: program.path }
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return { verdict: 'fail', message: error.message, hint: error.hint, evidence: error.evidence }
    }
  },
}
