import { z } from 'zod'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import { collect } from '../../main/logs/collect/collector.ts'
import { SealableStore } from '../../main/logs/store/sealable.ts'

/** Collects as the app's thread does, until it is killed. */
const Input = z.object({ kubeconfig: z.string(), context: z.string(), folder: z.string(), key: z.string() })
const { kubeconfig, context, folder, key } = Input.parse(JSON.parse(process.argv[2] ?? ''))

const client = await openCluster({ files: [kubeconfig], contextName: context, environment: {} })
const store = new SealableStore(folder, Buffer.from(key, 'hex'))
const source = {
  id: 'killed',
  title: 'Killed',
  component: 'killed',
  namespace: 'default',
  selector: 'app=killed',
  format: 'plain' as const,
}
const ports = { client, bookmark: store.bookmark.bind(store), append: store.append.bind(store) }
console.log('started')
await collect([source], ports, () => undefined, new AbortController().signal)
