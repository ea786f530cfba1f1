import { type AmopNode, createNode, loadNodeConfig } from '@amop/node';

/** Starts the node of a folder that `amop certs` has made. */
export async function startNode(folder: string): Promise<AmopNode> {
  const node = createNode(loadNodeConfig(`${folder}/config.ini`));
  await node.start();
  return node; // node.nodeId, node.channelAddress, node.p2pAddress, node.counters(), node.stop()
}
