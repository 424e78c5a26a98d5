import { homeFolder } from '../../main/home.ts'
export const x = homeFolder
