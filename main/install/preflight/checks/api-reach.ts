import { Problem } from '../../../../preload/contract/problem.ts'
import { defineCheck, pass } from '../check.ts'

export const apiReach = defineCheck({
  id: 'api.reach',
  title: 'API server connection',
  category: 'cluster',
  severity: 'fatal',
  needs: ['apiServer'],
  about:
    'Requests the version of the API server and measures the response time. Nothing else can be checked without it.',
  remedy:
    'Check the server address, the proxy and the VPN. For a private API endpoint (AKS, EKS and GKE have them), use a computer inside the network, or a tunnel. If the credential has ended, sign in again with the CLI of the platform (`az`, `aws` or `gcloud`).',
  decide({ apiServer }) {
    if (apiServer instanceof Problem) {
      const { message, hint, evidence } = apiServer
      return { verdict: 'fail', message, hint, evidence }
    }
    const { server, elapsedMs, version } = apiServer
    return pass(`${server} responded within ${elapsedMs} ms.`, `gitVersion ${version}`)
  },
})
