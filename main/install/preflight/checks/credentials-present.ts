import { secretKey } from '../../observe/observe.ts'
import { defineCheck, pass, skipped } from '../check.ts'

export const credentialsPresent = defineCheck({
  id: 'credentials.present',
  title: 'Stored credentials',
  category: 'plane',
  severity: 'strict',
  needs: ['installation', 'observed'],
  about:
    'Each credential that the profile requires is stored in the vault, or its Secret exists in the cluster already. Pods without their Secret stay in `CreateContainerConfigError`.',
  remedy:
    'Enter the credential in the step **Settings**, or give a file with `--credentials`. A Secret that another program creates, such as the External Secrets Operator, is accepted too.',
  decide({ installation, observed }) {
    const required = installation.secrets.filter((secret) => secret.required)
    if (required.length === 0) return skipped('The profile requires no credentials.')
    // A Secret that already exists in the cluster also suffices, even if Hangar did not create it.
    const missing = required.filter(
      (secret) =>
        secret.missing.length > 0 && (observed.secrets.get(secretKey(secret))?.presence ?? 'absent') === 'absent',
    )
    if (missing.length === 0) return pass('All required credentials are stored, or exist in the cluster.')
    const names = [...new Set(missing.map(({ title, missing: keys }) => `${title} (${keys.join(', ')})`))]
    return {
      verdict: 'fail',
      message: `Not stored: ${names.join('; ')}.`,
      hint: 'Enter these credentials of the plane.',
      evidence: missing.map(secretKey).join('\n'),
    }
  },
})
