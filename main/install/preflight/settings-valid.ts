import { Problem } from '../../../preload/contract/problem.ts'
import { type Check, pass } from './check.ts'

export const settingsValid: Check = {
  id: 'settings.valid',
  title: 'Settings of the plane',
  strict: true,
  async look({ scene, tools }) {
    const { profile, settings } = scene.plane
    try {
      await tools.ports.checkSettings(profile, settings)
      return pass('They are what the profile expects.')
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return { verdict: 'fail', message: error.message, hint: error.hint, evidence: error.evidence }
    }
  },
}
