import { readdir, readFile } from 'node:fs/promises'

/** Compacts the history of a bed's etcd up to now, as the API server does every five minutes. */
export async function compactEtcd(bedName: string, signal: AbortSignal): Promise<void> {
  const url = await clientUrl(bedName)
  const call = async (path: string, body: object): Promise<{ readonly header?: { readonly revision?: string } }> => {
    const response = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body), signal })
    if (!response.ok) throw new Error(`etcd refused ${path}: ${await response.text()}`)
    return (await response.json()) as { header?: { revision?: string } } // https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/
  }
  const key = Buffer.from('compaction').toString('base64')
  const { header } = await call('/v3/kv/range', { key })
  await call('/v3/kv/compaction', { revision: header?.revision, physical: true })
}

/** Of the etcd whose data is in the bed's folder. */
async function clientUrl(bedName: string): Promise<string> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    const url = /--listen-client-urls=([^\0]+)/.exec(line)?.[1]
    if (url !== undefined && line.includes(`/${bedName}/etcd\0`)) return url
  }
  throw new Error(`No etcd of the bed ${bedName} runs.`)
}
