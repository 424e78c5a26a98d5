import { clusters } from './clusters.ts'
import { connectivity } from './connectivity.ts'
import { install } from './install.ts'
import { logs } from './logs.ts'
import { operations } from './operations.ts'
import { planes } from './planes.ts'
import { profiles } from './profiles.ts'
import { settings } from './settings.ts'
import { vault } from './vault.ts'
import { workloads } from './workloads.ts'

/** The whole boundary: what a window, a terminal or a test can ask of the core. No secret has a place in an output. */
export const contract = {
  profiles,
  planes,
  clusters,
  connectivity,
  install,
  operations,
  workloads,
  logs,
  vault,
  settings,
}
