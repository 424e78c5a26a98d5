import type { ProxyRuntime } from '../../../../preload/contract/connectivity.ts'
import { curl } from './curl.ts'
import type { Runtime } from './destination.ts'
import { go } from './go.ts'
import { java } from './java.ts'
import { node } from './node.ts'

/** The kinds of programs that read the settings differently. */
export const runtimes = { go, java, node, curl } satisfies Readonly<Record<ProxyRuntime, Runtime>>
