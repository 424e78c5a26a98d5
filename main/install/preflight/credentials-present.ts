import { secretKey } from '../observe/observe.ts'
import { type Check, pass, skipped } from './check.ts'

export const credentialsPresent: Check = {
  id: 'credentials.present',
  title: 'Stored credentials',
  strict: true,
  async run(facts) {
    const required = facts.session.installation.secrets.filter((secret) => secret.required)
    if (required.length === 0) return skipped('The profile requires no credentials.')
    const incomplete = required.filter(({ missing }) => missing.length > 0)
    // A Secret that already exists in the cluster also suffices, even if Hangar did not create it.
    const existing = incomplete.length === 0 ? undefined : (await facts.observed()).secrets
    const missing = incomplete.filter((secret) => (existing?.get(secretKey(secret))?.presence ?? 'absent') === 'absent')
    if (missing.length === 0) return pass('All required credentials are stored, or exist in the cluster.')
    const names = [...new Set(missing.map(({ title, missing: keys }) => `${title} (${keys.join(', ')})`))]
    return {
      verdict: 'fail',
      message: `Not stored: ${names.join('; ')}.`,
      hint: 'Enter these credentials of the plane.',
      evidence: missing.map(secretKey).join('\n'),
    }
  },
}
