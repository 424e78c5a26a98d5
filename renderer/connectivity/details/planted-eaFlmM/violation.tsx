import { MatrixRow } from '../../matrix/MatrixRow.tsx'
export const x = MatrixRow
