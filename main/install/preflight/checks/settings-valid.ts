import { defineCheck, pass } from '../check.ts'

export const settingsValid = defineCheck({
  id: 'settings.valid',
  title: 'Plane settings',
  category: 'plane',
  severity: 'strict',
  needs: ['settingsProblem'],
  about: 'The settings of the plane match the JSON schema in its profile.',
  remedy: 'Correct the setting that the message names, in the step **Settings** or in the file of `--values`.',
  decide({ settingsProblem }) {
    if (settingsProblem === undefined) return pass("The settings match the profile's schema.")
    const { message, hint, evidence } = settingsProblem
    return { verdict: 'fail', message, hint, evidence }
  },
})
