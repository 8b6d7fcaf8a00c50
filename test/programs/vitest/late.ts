import { never, stacks } from './typed'; export async function startLate(): Promise<void> { await (stacks.push(new Error('here').stack ?? ''), never); }
