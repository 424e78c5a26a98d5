import { Problem } from '../../../../preload/contract/problem.ts'
import { defineCheck, pass } from '../check.ts'

export const helmSelf = defineCheck({
  id: 'helm.self',
  title: 'Helm program',
  category: 'plane',
  severity: 'fatal',
  needs: ['helmProgram'],
  about:
    'Hangar runs the helm that it contains, after comparing its SHA-256. A helm of the PATH is unverified, runs only after you have allowed it, and must be at least 4.2.4.',
  remedy:
    'Set `helm` to `bundled` in the settings. If the bundled helm is missing or does not match, install Hangar again from a signed package.',
  decide({ helmProgram }) {
    if (helmProgram instanceof Problem) {
      const { message, hint, evidence } = helmProgram
      return { verdict: 'fail', message, hint, evidence }
    }
    const { version, verified, path } = helmProgram
    if (verified) return pass(`${version}, bundled with Hangar.`, path)
    return {
      verdict: 'warn',
      message: `${version} from the PATH, unverified.`,
      hint: 'Set "helm" to "bundled" in the settings to use the helm that is bundled with Hangar.',
      evidence: path,
    }
  },
})
