import { Problem } from '../../../preload/contract/problem.ts'
import { type Check, pass } from './check.ts'

export const settingsValid: Check = {
  id: 'settings.valid',
  title: 'Plane settings',
  strict: true,
  async run({ session, tools }) {
    const { profile, settings } = session.plane
    try {
      await tools.ports.checkSettings(profile, settings)
      return pass("The settings match the profile's schema.")
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return { verdict: 'fail', message: error.message, hint: error.hint, evidence: error.evidence }
    }
  },
}
