import { activity } from './activity.ts'
import { clusters } from './clusters.ts'
import { connectivity } from './connectivity.ts'
import { fleet } from './fleet.ts'
import { install } from './install.ts'
import { kits } from './kits.ts'
import { logs } from './logs.ts'
import { operations } from './operations.ts'
import { planes } from './planes.ts'
import { profileDrafts } from './profile-draft.ts'
import { profiles } from './profiles.ts'
import { settings } from './settings.ts'
import { trust } from './trust.ts'
import { vault } from './vault.ts'
import { workloads } from './workloads.ts'

/** The whole boundary: every procedure of the core that a window, a terminal or a test can call. No output contains a secret. */
export const contract = {
  profiles,
  profileDrafts,
  planes,
  fleet,
  activity,
  clusters,
  connectivity,
  install,
  kits,
  operations,
  workloads,
  logs,
  vault,
  trust,
  settings,
}
