import { Problem } from '../../../preload/contract/problem.ts'
import { type Check, pass } from './check.ts'

export const helmSelf: Check = {
  id: 'helm.self',
  title: 'Helm program',
  strict: true,
  async run(facts) {
    try {
      const { program } = await facts.helm()
      if (program.verified) return pass(`${program.version}, bundled with Hangar.`, program.path)
      return {
        verdict: 'warn',
        message: `${program.version} from the PATH, unverified.`,
        hint: 'Set "helm" to "bundled" in the settings to use the helm that is bundled with Hangar.',
        evidence: program.path,
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return { verdict: 'fail', message: error.message, hint: error.hint, evidence: error.evidence }
    }
  },
}
