import { secretKey } from '../observe/observe.ts'
import { type Check, pass, skipped } from './check.ts'

export const credentialsPresent: Check = {
  id: 'credentials.present',
  title: 'Credentials of the plane',
  strict: true,
  async look(facts) {
    const { secrets } = facts.scene.place
    const required = secrets.filter((secret) => secret.required)
    if (required.length === 0) return skipped('The profile asks for none.')
    const lacking = required.filter(({ missing }) => missing.length > 0)
    // A Secret that is in the cluster already serves as well, whoever put it there.
    const there = lacking.length === 0 ? undefined : (await facts.observed()).secrets
    const missing = lacking.filter((secret) => (there?.get(secretKey(secret))?.presence ?? 'absent') === 'absent')
    if (missing.length === 0) return pass('All required ones are stored, or in the cluster already.')
    const said = [...new Set(missing.map(({ title, missing: keys }) => `${title} (${keys.join(', ')})`))]
    return {
      verdict: 'fail',
      message: `Not stored: ${said.join('; ')}.`,
      hint: 'Enter the named credentials for this plane.',
      evidence: missing.map(secretKey).join('\n'),
    }
  },
}
