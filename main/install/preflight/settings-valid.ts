import { Validator } from '@cfworker/json-schema'
import { type Check, pass } from './check.ts'

const shownAtMost = 10

export const settingsValid: Check = {
  id: 'settings.valid',
  title: 'Settings of the plane',
  strict: true,
  async look({ scene }) {
    const { profile } = scene.loaded
    // An interpreter: nothing is compiled out of a profile's text.
    const { valid, errors } = new Validator(profile.settings, '2020-12', false).validate(scene.plane.settings)
    if (valid) return pass('They are what the profile expects.')
    // The innermost errors name the field; those around them only say that something inside is wrong. None quotes a value.
    const fields = errors
      .filter(({ keyword }) => keyword !== 'properties' && keyword !== 'items' && keyword !== '$ref')
      .map(
        ({ instanceLocation, keyword }) =>
          `${instanceLocation.replace(/^#\/?/, '').replaceAll('/', '.') || 'settings'}: ${keyword}`,
      )
    return {
      verdict: 'fail',
      message: `${fields.slice(0, shownAtMost).join('; ')}.`,
      hint: 'Correct the named settings; the profile says what it expects.',
      evidence: errors
        .slice(0, shownAtMost)
        .map(({ keywordLocation }) => keywordLocation)
        .join('\n'),
    }
  },
}
