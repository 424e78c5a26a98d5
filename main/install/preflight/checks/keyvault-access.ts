import { defineCheck } from '../check.ts'
import { serviceAccess } from '../rules/services.ts'

export const keyvaultAccess = defineCheck({
  id: 'keyvault.access',
  title: 'Key vault',
  category: 'services',
  severity: 'warn',
  needs: ['serviceEndpoints'],
  about:
    'Names the key vaults of the profile (protocol `vault`) and how their components sign in. A component that cannot read its secrets does not start.',
  remedy:
    'Azure: grant the identity `Key Vault Secrets User`. AWS: a policy with `secretsmanager:GetSecretValue`. Google Cloud: `roles/secretmanager.secretAccessor`. HashiCorp Vault: a role for the Kubernetes authentication of this cluster.',
  decide: ({ serviceEndpoints }) =>
    serviceAccess(
      'key vault',
      serviceEndpoints.filter(({ protocol }) => protocol === 'vault'),
    ),
})
