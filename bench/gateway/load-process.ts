import { type LoadJob, makeLoad } from './load.ts';

// lives through the whole bench, so that its code is warm when it measures
process.on('message', async (job: LoadJob) => process.send?.(await makeLoad(job)));
process.on('disconnect', () => process.exit());
