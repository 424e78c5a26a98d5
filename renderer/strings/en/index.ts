import { cause } from './cause.ts'
import { connectivity } from './connectivity.ts'
import { install } from './install.ts'
import { planes } from './planes.ts'
import { problem } from './problem.ts'
import { shell } from './shell.ts'
import { ui } from './ui.ts'

/** Every text of the window, in English. One file per feature; messages are in ICU syntax. */
export const en = {
  cause,
  connectivity,
  install,
  planes,
  problem,
  shell,
  ui,
} as const
