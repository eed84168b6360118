import keras
import pytest

from tfgans.networks import layers


@pytest.mark.parametrize("name", ["BatchNormalization", "TileChannels"])
def test_layers_of_older_files_are_found_by_their_registered_names(name):
    """A `.keras` file names the module that a layer was in when it was written."""
    layer = getattr(layers, name)
    assert keras.saving.get_registered_name(layer) == f"tfgans>{name}"
    config = {
        "module": "tfgans.networks.dcgan",
        "class_name": name,
        "config": layer(name="old").get_config(),
        "registered_name": f"tfgans>{name}",
    }
    assert type(keras.saving.deserialize_keras_object(config)) is layer
