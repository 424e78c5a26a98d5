import { defineCheck } from '../check.ts'
import { isLogStorage, serviceAccess } from '../rules/services.ts'

export const logsStorage = defineCheck({
  id: 'logs.storage',
  title: 'Log storage',
  category: 'services',
  severity: 'warn',
  needs: ['serviceEndpoints'],
  about:
    'Names the endpoints of the profile that store logs, and how their components sign in. Logs that cannot be written are lost when their pod is removed.',
  remedy:
    'Azure: `Storage Blob Data Contributor` for the identity. AWS: `s3:PutObject` and `s3:GetObject` on the bucket. Google Cloud: `roles/storage.objectUser`. OpenSearch and Loki: a user or tenant with the permission to write.',
  decide: ({ serviceEndpoints }) => serviceAccess('log storage', serviceEndpoints.filter(isLogStorage)),
})
