import { activity } from './activity.ts'
import { cause } from './cause.ts'
import { connect } from './connect.ts'
import { connectivity } from './connectivity.ts'
import { fleet } from './fleet.ts'
import { help } from './help.ts'
import { install } from './install.ts'
import { logs } from './logs.ts'
import { operations } from './operations.ts'
import { overview } from './overview.ts'
import { planes } from './planes.ts'
import { problem } from './problem.ts'
import { profiles } from './profiles.ts'
import { settings } from './settings.ts'
import { shell } from './shell.ts'
import { trust } from './trust.ts'
import { ui } from './ui.ts'
import { vault } from './vault.ts'

/** Every text of the window, in English. One file per feature; messages are in ICU syntax. */
export const en = {
  activity,
  cause,
  connect,
  connectivity,
  fleet,
  help,
  install,
  logs,
  operations,
  overview,
  planes,
  problem,
  profiles,
  settings,
  shell,
  trust,
  ui,
  vault,
} as const
