import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'
import { type Api, connectApi } from './api.ts'

const KubeconfigFile = z.looseObject({
  clusters: z
    .array(z.looseObject({ cluster: z.looseObject({ server: z.string(), 'certificate-authority-data': z.string() }) }))
    .min(1),
  users: z
    .array(
      z.looseObject({ user: z.looseObject({ 'client-certificate-data': z.string(), 'client-key-data': z.string() }) }),
    )
    .min(1),
})

/** A client for a bed, from its kubeconfig. */
export const apiOf = async (bed: { readonly kubeconfig: string }): Promise<Api> => {
  const { clusters, users } = KubeconfigFile.parse(parse(await readFile(bed.kubeconfig, 'utf8')))
  const text = (base64: string | undefined) => Buffer.from(base64 ?? '', 'base64').toString('utf8')
  const [cluster] = clusters
  const [user] = users
  return connectApi(cluster?.cluster.server ?? '', text(cluster?.cluster['certificate-authority-data']), {
    certificate: text(user?.user['client-certificate-data']),
    key: text(user?.user['client-key-data']),
  })
}
