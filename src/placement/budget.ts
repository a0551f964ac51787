export { Budget } from '../wire/budget.ts'
