import { defineCheck } from '../check.ts'
import { serviceAccess } from '../rules/services.ts'

export const registryAccess = defineCheck({
  id: 'registry.access',
  title: 'Container registry',
  category: 'services',
  severity: 'warn',
  needs: ['serviceEndpoints'],
  about:
    'Names the container registries of the profile (protocol `oci`) and how they are signed in to. The checks `image.pull` and `image.node` show whether the images of the charts can be pulled.',
  remedy:
    'Azure: `AcrPull` for the identity of the nodes. AWS: `AmazonEC2ContainerRegistryPullOnly` for their role. Google Cloud: `roles/artifactregistry.reader`. Others: a credential of the profile, as an image pull Secret.',
  decide: ({ serviceEndpoints }) =>
    serviceAccess(
      'container registry',
      serviceEndpoints.filter(({ protocol }) => protocol === 'oci'),
    ),
})
