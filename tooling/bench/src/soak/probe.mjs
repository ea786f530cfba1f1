// Loaded into an amopd process before its own code (--import): says over IPC what the process holds.
import { ownResources } from './own-resources.mjs';

process.on('message', (id) => process.send({ id, resources: ownResources() }));
// Neither may the channel keep amopd alive, nor its end stop it.
process.channel?.unref();
